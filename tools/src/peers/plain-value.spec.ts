import fc from 'fast-check';
import type { ColumnType, FlatType } from './column-type.js';
import {
  bigEndian,
  floatBits,
  floatOf,
  numberText,
  plainText,
  unscaledOf,
  type PlainValue,
} from './plain-value.js';

const scalar = (data: FlatType): ColumnType => ({ kind: 'int8', data, form: 'usual' });
const nullable = (name: string, type: ColumnType) => ({ name, type, nullable: true });
const INT: FlatType = { kind: 'int', bits: 64, signed: true };

const TEXTS: readonly [ColumnType, PlainValue, string][] = [
  [scalar({ kind: 'bool' }), true, 'true'],
  [scalar(INT), null, 'null'],
  [scalar(INT), -(2n ** 63n), '-9223372036854775808'],
  [scalar({ kind: 'float', bits: 32 }), 0x80000000n, '80000000'],
  [scalar({ kind: 'float', bits: 64 }), 1n, '0000000000000001'],
  [scalar({ kind: 'time', unit: 'ms', utc: false }), 2n, '2000000'],
  [scalar({ kind: 'timestamp', unit: 'us', utc: true }), -3n, '-3000'],
  [scalar({ kind: 'utf8' }), Buffer.from('\ufeff'), 'efbbbf'],
  [scalar({ kind: 'bytes' }), new Uint8Array(), ''],
  [{ shape: 'list', children: [nullable('element', scalar(INT))] }, [1n, null], '[1,null]'],
  [{ shape: 'list', children: [nullable('element', scalar(INT))] }, [], '[]'],
  [
    { shape: 'struct', children: [nullable('a', scalar(INT)), nullable('b', scalar({ kind: 'bool' }))] },
    [1n, false],
    '{1,false}',
  ],
  [
    { shape: 'map', children: [nullable('key', scalar(INT)), nullable('value', scalar(INT))] },
    [[1n, null]],
    '<1:null>',
  ],
];

it.each(TEXTS)('the text of %j', (type, value, text) => {
  expect(plainText(type, value)).toBe(text);
});

it('decimals of any length are the numbers they were made of', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }),
      fc.nat({ max: 20 }),
      (value, lengthMin) => {
        const bytes = bigEndian(value, lengthMin);
        expect(unscaledOf(bytes)).toBe(value);
        expect(bytes.length).toBeGreaterThanOrEqual(lengthMin);
      },
    ),
  );
});

it('numbers have the bits of their floats, and NaNs one text', () => {
  fc.assert(fc.property(fc.double(), (value) => expect(floatOf(64, floatBits(64, value))).toBe(value)));
  expect([numberText(32, -0), numberText(64, -0)]).toEqual(['80000000', '8000000000000000']);
  expect([numberText(32, NaN), numberText(64, NaN)]).toEqual(['7fc00000', '7ff8000000000000']);
});
