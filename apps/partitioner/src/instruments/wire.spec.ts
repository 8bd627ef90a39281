import fc from 'fast-check';
import { decimalText } from './decimal-text.js';
import { decimal, isoInstant, millis, word } from './wire.js';

it.each<[unknown, string | null]>([
  ['0.00001000', '0.00001000'],
  ['9999999999.0000000000000000', '9999999999.0000000000000000'],
  ['-1', '-1'],
  [0.5, '0.5'],
  [0, '0'],
  [-0, '0'],
  [1e-8, '0.00000001'],
  [1.25e-7, '0.000000125'],
  [-1e-7, '-0.0000001'],
  [1e21, '1000000000000000000000'],
  [1.5e22, '15000000000000000000000'],
  ['', null],
  [null, null],
  [undefined, null],
])('the decimal %j is %j', (value, expected) => {
  expect(decimal.parse(value)).toBe(expected);
});

it.each([
  ['1e-8'],
  ['.5'],
  ['5.'],
  ['1,000'],
  ['NaN'],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [true],
  [[]],
])('%j is no decimal', (value) => {
  expect(decimal.safeParse(value).success).toBe(false);
});

it('a number has no exponent and reads back as itself', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = decimalText(value);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(text)).toBe(value + 0);
    }),
    { numRuns: 5000 },
  );
});

it.each<[unknown, bigint | undefined]>([
  ['1699980000000', 1_699_980_000_000_000n],
  [1534167754001, 1_534_167_754_001_000n],
  ['0', undefined],
  [0, undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('the milliseconds %j are %s', (value, expected) => {
  expect(millis.parse(value)).toBe(expected);
});

it.each([[-1], [1.5], ['-1'], ['1e12'], ['2024-01-01'], [253_402_300_800_000], ['999999999999999'], [true]])(
  '%j are no milliseconds of a year with four digits',
  (value) => {
    expect(millis.safeParse(value).success).toBe(false);
  },
);

it.each<[unknown, bigint | undefined]>([
  ['2025-04-25T08:00:00.000Z', 1_745_568_000_000_000n],
  ['2025-04-25T08:00:00Z', 1_745_568_000_000_000n],
  ['2025-04-25T08:00:00.000001Z', 1_745_568_000_000_001n],
  ['2024-02-29T00:00:00.5Z', 1_709_164_800_500_000n],
  [null, undefined],
  [undefined, undefined],
])('the instant %j is %s', (value, expected) => {
  expect(isoInstant.parse(value)).toBe(expected);
});

it.each([
  ...['2025-02-29T00:00:00Z', '2025-04-25', '2025-04-25T25:00:00Z', '2025-04-25T08:00:00+01:00', ''],
  ...['2025-04-25T08:00:00.0000001Z', '1969-12-31T23:59:59Z', 'tomorrow', 1_745_568_000_000],
])('%j is no instant', (value) => {
  expect(isoInstant.safeParse(value).success).toBe(false);
});

it.each([
  ['', null],
  [null, null],
  [undefined, null],
  ['live', 'live'],
])('the word %j is %j', (value, expected) => {
  expect(word.parse(value)).toBe(expected);
});
