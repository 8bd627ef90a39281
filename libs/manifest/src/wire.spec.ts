import type { z } from 'zod';
import {
  compactDayText,
  contentSchema,
  int64Text,
  multisetHex,
  sha256Hex,
  siblingName,
  utcInstant,
  wholeCount,
} from './wire.js';

const cases: readonly [name: string, schema: z.ZodType, good: readonly unknown[], bad: readonly unknown[]][] =
  [
    [
      'int64Text',
      int64Text,
      ['0', '7', '-7', '1770000000000000123', '9223372036854775807', '-9223372036854775808'],
      ['', '-', '-0', '07', '+7', '1.0', '1e3', ' 1', '9223372036854775808', '-9223372036854775809', 7, null],
    ],
    [
      'sha256Hex',
      sha256Hex,
      ['0123456789abcdef'.repeat(4)],
      ['', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`],
    ],
    ['multisetHex', multisetHex, ['0'.repeat(32)], ['0'.repeat(31), 'G'.repeat(32)]],
    [
      'utcInstant',
      utcInstant,
      ['2026-02-04T02:31:07Z', '2024-02-29T23:59:59.123456789Z'],
      [
        '2026-02-04',
        '2026-02-04T02:31:07',
        '2026-02-04T02:31:07+00:00',
        '2026-02-30T00:00:00Z',
        '2026-02-04T24:00:00Z',
      ],
    ],
    [
      'compactDayText',
      compactDayText,
      ['20260203', '20240229'],
      ['2026-02-03', '20260230', '2026020', 20260203],
    ],
    ['wholeCount', wholeCount, [0, 42, Number.MAX_SAFE_INTEGER], [-1, 1.5, 2 ** 53, NaN, '1']],
    [
      'siblingName',
      siblingName,
      [
        'data.parquet',
        'data-g2-0123456789abcdef.parquet',
        '_data-g2-0123456789abcdef.parquet.kept',
        'deribit%3AOPTION%3ABTC-USD-200609-9875-PUT.parquet',
        'binance:SPOT_PAIR:BTC-USDT.parquet',
        'a'.repeat(255),
      ],
      ['', '.', '..', '../data.parquet', 'a/b', '/etc/passwd', '.hidden', 'a\\b', 'a\n', 'a'.repeat(256)],
    ],
  ];

describe.each(cases)('%s', (_, schema, good, bad) => {
  it.each(good)('takes %j', (value) => {
    expect(schema.safeParse(value)).toEqual({ success: true, data: value });
  });
  it.each(bad)('refuses %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

it('keeps the keys that it does not know', () => {
  const value = { multiset: '0'.repeat(32), ordered: 'a'.repeat(32), salted: 'b' };
  expect(contentSchema.parse(value)).toEqual(value);
});
