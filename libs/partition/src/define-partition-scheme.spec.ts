import { addDays, parseUtcDay, type Codec, type UtcDay } from '@ticklake/core';
import fc from 'fast-check';

import { dayCompact, dayDashed } from './codecs/days.js';
import { digits, padded } from './codecs/numbers.js';
import { slug } from './codecs/slug.js';
import { definePartitionScheme } from './define-partition-scheme.js';
import { compactScheme, spoolScheme } from './schemes/index.js';
import { describePartitionScheme } from './testing/index.js';

const exact = { noNullPrototype: true } as const;
const days: fc.Arbitrary<UtcDay> = fc
  .integer({ min: -20_000, max: 40_000 })
  .map((count) => addDays(parseUtcDay('2000-01-01'), count));
const first = fc.constantFrom(...'abcXYZ0189');
const slugs = fc
  .tuple(first, fc.string({ unit: fc.constantFrom(...'aZ09._:@+-'), maxLength: 12 }))
  .map((parts) => parts.join(''));
const timeframe: Codec<string> = {
  pattern: '[1-9][0-9]?[mhd]',
  parse: (text) => text,
  format: (text) => text,
};
const timeframes = fc.constantFrom('1m', '15m', '4h', '24h', '1d');
const right: Codec<string> = { pattern: '(?:spot|perpetual)', parse: (text) => text, format: (text) => text };

describePartitionScheme(
  'compact',
  compactScheme,
  fc.record({ exchange: slugs, stream: slugs, symbol: slugs, day: days }, exact),
);
describePartitionScheme(
  'spool',
  spoolScheme,
  fc.record({ exchange: slugs, stream: slugs, symbol: slugs }, exact),
);
describePartitionScheme(
  'daily tier',
  definePartitionScheme('tier3/daily/{day}/manifest-{compact}.json', { day: dayDashed, compact: dayCompact }),
  fc.record({ day: days, compact: days }, exact),
);
describePartitionScheme(
  'by date',
  definePartitionScheme(
    'by_date/year-{year}/month-{month}/day-{day}/data_type-{dataType}/{instrument}.parquet',
    { year: padded(4), month: padded(2), day: padded(2), dataType: slug, instrument: slug },
  ),
  fc.record(
    {
      year: fc.integer({ min: 0, max: 9999 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 31 }),
      dataType: slugs,
      instrument: slugs,
    },
    exact,
  ),
);
describePartitionScheme(
  'by venue',
  definePartitionScheme('by_venue/venue-{venue}/year-{year}/month-{month}/{venue}_{dataType}.parquet', {
    venue: slug,
    year: padded(4),
    month: padded(2),
    dataType: slug,
  }),
  fc.record(
    {
      venue: slugs,
      year: fc.integer({ min: 0, max: 9999 }),
      month: fc.integer({ min: 1, max: 12 }),
      dataType: slugs,
    },
    exact,
  ),
);
describePartitionScheme(
  'unified',
  definePartitionScheme(
    'klines/{exchange}_{symbol}_{timeframe}/exchange={exchange}/symbol={symbol}/timeframe={timeframe}/month={month}/',
    { exchange: slug, symbol: slug, timeframe, month: digits },
  ),
  fc.record(
    { exchange: slugs, symbol: slugs, timeframe: timeframes, month: fc.maxSafeNat().map((n) => n % 1e15) },
    exact,
  ),
);

describe('definePartitionScheme', () => {
  it('refuses templates that read a path in two ways', () => {
    const refused = (define: () => unknown) =>
      expect(define).toThrow(expect.objectContaining({ kind: 'invalid', code: 'SCHEME' }));
    refused(() => definePartitionScheme('{a}_{b}.parquet', { a: slug, b: slug }));
    refused(() => definePartitionScheme('{a}{b}', { a: slug, b: slug }));
    refused(() => definePartitionScheme('{a}-{day}-{b}', { a: slug, day: dayDashed, b: slug }));
    refused(() => definePartitionScheme('{a}{n}x', { a: slug, n: digits }));
    refused(() => definePartitionScheme('x/{a}_{b}/{a}_{b}/', { a: slug, b: slug }));
    refused(() => definePartitionScheme('{a}_{right}_{b}/{right}/', { a: slug, right, b: slug }));
    const path: Codec<string> = { ...slug, pattern: '.+' };
    refused(() => definePartitionScheme('{path}', { path }));
    refused(() => definePartitionScheme('{a}', { a: { ...slug, pattern: '(a)\\1' } }));
  });

  it('accepts fields side by side that only one reading fits', () => {
    definePartitionScheme('{a}={b}', { a: slug, b: slug });
    definePartitionScheme('{a}-{day}', { a: slug, day: dayCompact });
    definePartitionScheme('{day}{a}', { a: slug, day: dayCompact });
    definePartitionScheme('{n}_{a}', { n: digits, a: slug });
    definePartitionScheme('{a}_{b}/{b}', { a: slug, b: slug });
  });

  it('refuses templates that are no relative path', () => {
    for (const template of ['/{a}', 'a//{a}', '../{a}', 'a/./{a}', '{a', 'a}', '{}', '{a b}', 'é/{a}', '']) {
      expect(() => definePartitionScheme(template as '{a}', { a: slug })).toThrow(
        expect.objectContaining({ kind: 'invalid', code: 'SCHEME' }),
      );
    }
  });

  it('refuses values that no path can hold', () => {
    const partition = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt' };
    for (const symbol of [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'a b',
      '.hidden',
      '_x',
      'a=b',
      'é',
      'a\n',
      'x'.repeat(129),
    ]) {
      expect(() => spoolScheme.format({ ...partition, symbol })).toThrow(
        expect.objectContaining({ kind: 'invalid', code: 'NAME' }),
      );
      expect(() => spoolScheme.prefix({ ...partition, symbol })).toThrow();
    }
    const unreal = { ...partition, day: '2026-02-30' as UtcDay };
    expect(() => compactScheme.format(unreal)).toThrow(expect.objectContaining({ code: 'DATE' }));
    expect(() => padded(2).format(100)).toThrow(expect.objectContaining({ code: 'NUMBER' }));
    expect(() => padded(0)).toThrow(expect.objectContaining({ code: 'NUMBER' }));
    for (const value of [-1, 1.5, 1e15, 1e21, NaN]) expect(() => digits.format(value)).toThrow();
  });

  it('reads and writes the layouts that exist', () => {
    const path = 'exchange=binance/stream=bbo/symbol=btcusd_perp/date=20240809/';
    const partition = {
      exchange: 'binance',
      stream: 'bbo',
      symbol: 'btcusd_perp',
      day: parseUtcDay('20240809'),
    };
    expect(compactScheme.parse(path)).toEqual(partition);
    expect(compactScheme.format(partition)).toBe(path);
    expect(spoolScheme.parse(path)).toBeUndefined();
    expect(compactScheme.parse(`/${path}`)).toBeUndefined();
    expect(compactScheme.parse(path.replace('0809', '0230'))).toBeUndefined();
    expect(compactScheme.prefix({})).toBe('');
    expect(compactScheme.prefix({ stream: 'bbo' })).toBe('');
    expect(compactScheme.prefix({ exchange: 'binance', symbol: 'x' })).toBe('exchange=binance/');
    expect(compactScheme.prefix({ exchange: 'binance', stream: 'bbo' })).toBe('exchange=binance/stream=bbo/');
  });

  it('makes a field agree with itself', () => {
    const scheme = definePartitionScheme('{a}_{b}/{a}/', { a: slug, b: slug });
    expect(scheme.parse('x_y_z/x_y/')).toEqual({ a: 'x_y', b: 'z' });
    expect(scheme.parse('x_y_z/x/')).toEqual({ a: 'x', b: 'y_z' });
    expect(scheme.parse('x_y_z/z/')).toBeUndefined();
  });
});
