import { columnLength, plainRows, valueAt, type DataType, type Field, type Schema } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import fc from 'fast-check';
import { createShredder, type ShreddedColumn, type Shredder } from './create-shredder.js';

const text: DataType = { kind: 'utf8' };
const int: DataType = { kind: 'int', bits: 64, signed: true };
const double: DataType = { kind: 'float', bits: 64 };
const bool: DataType = { kind: 'bool' };
const instant: DataType = { kind: 'timestamp', unit: 'us', utc: true };
const open = (name: string, type: DataType): Field => ({ name, type, nullable: true });
const struct = (...children: Field[]): DataType => ({ kind: 'nested', shape: 'struct', children });
const list = (type: DataType): DataType => ({
  kind: 'nested',
  shape: 'list',
  children: [open('element', type)],
});
const map = (type: DataType): DataType => ({
  kind: 'nested',
  shape: 'map',
  children: [{ name: 'key', type: text, nullable: false }, open('value', type)],
});

const schema: Schema = {
  fields: [
    { name: 's', type: text, nullable: false },
    open('i', int),
    open('d', double),
    open('b', bool),
    open('t', instant),
    open('o', struct(open('x', int), open('y', struct(open('z', text))))),
    open('l', list(struct(open('p', double), open('q', list(int))))),
    open('m', map(int)),
    open('rest', text),
  ],
};

const shredderOf = (...emptyKeys: string[]) => createShredder({ schema, restColumn: 'rest', emptyKeys });
// JavaScript spells larger ones as integers, whose last digits are not theirs.
const plainDouble = fc.double({ noNaN: true, min: -1e15, max: 1e15 });
const lineOf = (json: string, number = 1) => ({ bytes: new Uint8Array(Buffer.from(json)), number });

function valuesOf(shredder: Shredder): Record<string, unknown>[] {
  const { rowCount, columns } = shredder.take();
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(columns.map((column, i) => [schema.fields[i]!.name, cell(column, row)])),
  );
}

function cell(shredded: ShreddedColumn, row: number): unknown {
  if (shredded.kind === 'nested') return plainRows(shredded.rows)[row];
  expect(columnLength(shredded.column)).toBeGreaterThan(row);
  const value = valueAt(shredded.column, row);
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}

/** The row that one line becomes, nulls left out. */
function rowOf(json: string, shredder = shredderOf()): Record<string, unknown> {
  shredder.add(lineOf(json));
  const [row] = valuesOf(shredder);
  return Object.fromEntries(Object.entries(row!).filter(([, value]) => value !== null));
}

function failureOf(json: string, number = 7): string {
  try {
    shredderOf().add(lineOf(json, number));
  } catch (error) {
    if (!isLakeError(error, 'corrupt')) throw error;
    const { line, path, offset } = error.details;
    expect(line).toBe(number);
    return `${error.code} ${path === undefined ? '' : `${String(path)} `}@${String(offset)}`;
  }
  return 'none';
}

describe('a value', () => {
  it.each<[string, unknown]>([
    ['"i":0', 0n],
    ['"i":-0', 0n],
    ['"i":-17', -17n],
    ['"i":7.0', 7n],
    ['"i":999999999999999', 999999999999999n],
    ['"i":1770000000000000123', 1770000000000000123n],
    ['"i":9223372036854775807', 2n ** 63n - 1n],
    ['"i":-9223372036854775808', -(2n ** 63n)],
    ['"d":1', 1],
    ['"d":-0.0', -0],
    ['"d":4.7e-06', 4.7e-6],
    ['"d":0.1', 0.1],
    ['"d":123456789012345680', 123456789012345680],
    ['"d":1152921504606846976', 2 ** 60],
    ['"d":5e-324', 5e-324],
    ['"d":1.7976931348623157e308', 1.7976931348623157e308],
    ['"d":0.30000000000000004', 0.30000000000000004],
    ['"d":8.988465674311580e+307', 8.98846567431158e307],
    ['"d":0e99999999', 0],
    ['"d":-0.0000000000000000000000000E-400', -0],
    ['"d":0.000000000123456789', 1.23456789e-10],
    ['"d":123456789.012345', 123456789.012345],
    ['"d":123456789.0123456789', Number('123456789.0123456789')],
    ['"d":1234567890123456789.5', Number('1234567890123456789.5')],
    ['"b":true', 1],
    ['"b":false', 0],
    ['"t":"2026-01-01T17:54:42.435Z"', 1767290082435000n],
    ['"t":"2026-01-01T17:54:42.436046Z"', 1767290082436046n],
    ['"t":"2026-01-01T17:54:42.436046+00:00"', 1767290082436046n],
    ['"t":"2026-01-01T17:54:42.436046+00:00Z"', 1767290082436046n],
    ['"t":"2026-01-01T17:54:42Z"', 1767290082000000n],
    ['"t":"2026-01-01T17:54:42.4360460000Z"', 1767290082436046n],
    ['"t":"1969-12-31T23:59:59.999999Z"', -1n],
    [String.raw`"t":"2026\u002d01-01T17:54:42+00:00"`, 1767290082000000n],
    ['"t":"0001-01-01T00:00:00Z"', -62135596800000000n],
    ['"o":{"x":1,"y":{"z":"a"}}', [1n, ['a']]],
    ['"o":{"y":{"z":null}}', [null, [null]]],
    ['"o":{"x":null,"y":{}}', [null, null]],
    ['"l":[]', []],
    ['"l":[null,{},{"q":[]},{"q":[1,null],"p":2}]', [null, null, [null, []], [2, [1n, null]]]],
    [
      '"m":{"a":1,"__proto__":2,"c":null}',
      [
        ['a', 1n],
        ['__proto__', 2n],
        ['c', null],
      ],
    ],
  ])('%s', (member, expected) => {
    const row = rowOf(`{"s":"x",${member}}`);
    expect(row).toEqual({ s: 'x', [member[1]!]: expected });
  });

  it.each(['"o":{}', '"m":{ }', '"l":null', '"i":null', '"b": null'])('%s is null', (member) => {
    expect(rowOf(`{"s":"x",${member}}`)).toEqual({ s: 'x' });
  });

  it.each([
    String.raw`{"s":"\"\\\/\b\f\n\r\t"}`,
    String.raw`{"s":"\u0041\u00e4\u20ac\ud83c\udf19\u0000"}`,
    '{"s":"täglich 買い 🌙\u007f"}',
    '{"s":""}',
    `{"s":"${'long '.repeat(100)}"}`,
    ' {\t"s" : "x" , "i" : 1 }\r ',
  ])('text is what JSON.parse makes of it: %s', (json) => {
    expect(rowOf(json)['s']).toBe((JSON.parse(json) as { s: string }).s);
  });
});

it('a number is the double that JSON.parse makes of it', () => {
  const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${maxLength}}$`));
  const spelled = fc
    .tuple(fc.constantFrom('', '-'), fc.nat({ max: 10 ** 9 }), digits(24), fc.integer({ min: -30, max: 30 }))
    .chain(([sign, whole, fraction, exponent]) =>
      fc.constantFrom('', `e${exponent}`).map((end) => `${sign}${whole}.${fraction}${end}`),
    );
  fc.assert(
    fc.property(spelled, (number) => {
      expect(rowOf(`{"s":"x","d":${number}}`)['d']).toBe(JSON.parse(number));
    }),
    { numRuns: 2000 },
  );
});

describe('a line that is refused, with its code, path and offset', () => {
  it.each<[string, string]>([
    ['{"s":"x"', 'JSON_SYNTAX @8'],
    ['{"s":"x"}}', 'JSON_SYNTAX @9'],
    ['{"s":"x",}', 'JSON_SYNTAX @9'],
    ['{"s" "x"}', 'JSON_SYNTAX @5'],
    ['{"s":"x","i":01}', 'JSON_SYNTAX i @13'],
    ['{"s":"x","d":1.2.3}', 'JSON_SYNTAX @16'],
    ['{"s":"x","d":1..3}', 'JSON_SYNTAX d @15'],
    ['{"s":"x","d":.3}', 'JSON_SYNTAX d @13'],
    ['{"s":"x","i":-}', 'JSON_SYNTAX i @14'],
    ['{"s":"x","d":1.}', 'JSON_SYNTAX d @15'],
    ['{"s":"x","d":1e}', 'JSON_SYNTAX d @15'],
    ['{"s":"x","d":NaN}', 'JSON_SYNTAX d @13'],
    ['{"s":"x","d":Infinity}', 'JSON_SYNTAX d @13'],
    ['{"s":"x","d":-Infinity}', 'JSON_SYNTAX d @14'],
    ['{"s":"x","b":tru}', 'JSON_SYNTAX b @16'],
    ['{s:"x"}', 'JSON_SYNTAX @1'],
    ['{"s":"x"} // comment', 'JSON_SYNTAX @10'],
    ['{"s":"x', 'JSON_SYNTAX s @7'],
    ['{"s":"a\tb"}', 'JSON_TEXT s @7'],
    [String.raw`{"s":"\x41"}`, 'JSON_TEXT s @6'],
    [String.raw`{"s":"\u00g1"}`, 'JSON_TEXT s @6'],
    [String.raw`{"s":"\ud83c"}`, 'JSON_TEXT s @6'],
    [String.raw`{"s":"\udf19\ud83c"}`, 'JSON_TEXT s @6'],
    [String.raw`{"s":"\ud83c\u0041"}`, 'JSON_TEXT s @6'],
    ['{"s":"x","i":9223372036854775808}', 'JSON_NUMBER i @13'],
    ['{"s":"x","d":1e999}', 'JSON_NUMBER d @13'],
    ['{"s":"x","d":1e-999}', 'JSON_NUMBER d @13'],
    ['{"s":"x","d":9007199254740993}', 'JSON_NUMBER d @13'],
    ['{"s":"x","i":1,"i":2}', 'DUPLICATE_KEY  @18'],
    ['{"s":"x","o":{"x":1,"x":1}}', 'DUPLICATE_KEY o @23'],
    ['{"s":"x","m":{"a":1,"a":1}}', 'DUPLICATE_KEY m @23'],
    ['{"s":"x","new":1,"new":1}', 'DUPLICATE_KEY  @22'],
    ['{"s":"x","new":{"a":1,"a":1}}', 'DUPLICATE_KEY @25'],
    [String.raw`{"s":"x","i":1,"\u0069":2}`, 'DUPLICATE_KEY  @23'],
    ['{"s":1}', 'SCHEMA_MISMATCH s @5'],
    ['{"s":"x","i":"1"}', 'SCHEMA_MISMATCH i @13'],
    ['{"s":"x","i":1.5}', 'SCHEMA_MISMATCH i @13'],
    ['{"s":"x","i":1e3}', 'SCHEMA_MISMATCH i @13'],
    ['{"s":"x","d":true}', 'SCHEMA_MISMATCH d @13'],
    ['{"s":"x","b":0}', 'SCHEMA_MISMATCH b @13'],
    ['{"s":"x","o":[]}', 'SCHEMA_MISMATCH o @13'],
    ['{"s":"x","o":{"y":{"z":1}}}', 'SCHEMA_MISMATCH o.y.z @23'],
    ['{"s":"x","l":{}}', 'SCHEMA_MISMATCH l @13'],
    ['{"s":"x","l":[{"q":[1,[2]]}]}', 'SCHEMA_MISMATCH l[].q[] @22'],
    ['{"s":"x","m":{"a":"1"}}', 'SCHEMA_MISMATCH m.* @18'],
    ['{"s":"x","m":[]}', 'SCHEMA_MISMATCH m @13'],
    ['{"s":"x","t":"2026-02-30T00:00:00Z"}', 'SCHEMA_MISMATCH t @13'],
    ['{"s":"x","t":"2026-01-01T24:00:00Z"}', 'SCHEMA_MISMATCH t @13'],
    ['{"s":"x","t":"2026-01-01T00:00:00+02:00"}', 'SCHEMA_MISMATCH t @13'],
    ['{"s":"x","t":"2026-01-01T00:00:00"}', 'SCHEMA_MISMATCH t @13'],
    ['{"s":"x","t":"2026-01-01T00:00:00.0000001Z"}', 'SCHEMA_MISMATCH t @13'],
    ['{"s":"x","t":"2026-01-01T00:00:00.Z"}', 'SCHEMA_MISMATCH t @13'],
    ['{"s":"x","t":1767290082}', 'SCHEMA_MISMATCH t @13'],
    ['{"s":null}', 'SCHEMA_MISMATCH s @5'],
    ['{"i":1}', 'SCHEMA_MISMATCH  @7'],
    ['{}', 'SCHEMA_MISMATCH  @2'],
    ['[]', 'SCHEMA_MISMATCH  @0'],
    ['null', 'SCHEMA_MISMATCH  @0'],
    ['"s"', 'SCHEMA_MISMATCH  @0'],
    [`{"s":"x","new":${'['.repeat(100)}`, 'LIMIT @79'],
    [`{"s":"x","i":${'['.repeat(100_000)}`, 'LIMIT i @77'],
  ])('%s', (json, expected) => {
    expect(failureOf(json)).toBe(expected);
  });
});

describe('keys that the schema does not have', () => {
  it('are kept by JSON pointer as they were spelled, and counted by path', () => {
    const shredder = shredderOf();
    const line =
      '{"new":1e2,"s":"x","o":{"n/~":{"a":[1, 2]}},"l":[{},{"v":1.50},{"q":[],"v":null}],"__proto__":{"s":"y"},"rest":3}';
    expect(rowOf(line, shredder)).toEqual({
      s: 'x',
      o: [null, null],
      l: [null, [null, null], [null, []]],
      rest: '{"/new":1e2,"/o/n~1~0":{"a":[1, 2]},"/l/1/v":1.50,"/l/2/v":null,"/__proto__":{"s":"y"},"/rest":3}',
    });
    rowOf('{"s":"y","new":null}', shredder);
    expect([...shredder.unknownKeys]).toEqual([
      ['new', 2],
      ['o.n/~', 1],
      ['l[].v', 2],
      ['__proto__', 1],
      ['rest', 1],
    ]);
  });

  it('are dropped where they are said to be always empty, and are', () => {
    const shredder = shredderOf('norm', 'labels');
    expect(rowOf('{"s":"x","norm":{},"labels":null}', shredder)).toEqual({ s: 'x' });
    expect(shredder.unknownKeys.size).toBe(0);
    expect(rowOf('{"norm":{ "a":1 },"s":"x","o":{"norm":{}}}', shredder)['rest']).toBe(
      '{"/norm":{ "a":1 },"/o/norm":{}}',
    );
  });

  it('may not be of any number', () => {
    const shredder = shredderOf();
    const keys = Array.from({ length: 10_001 }, (_, i) => `"k${i}":1`);
    expect(() => shredder.add(lineOf(`{"s":"x",${keys.join()}}`))).toThrow('there are too many unknown keys');
  });
});

describe('a shredder', () => {
  const cellJson: fc.Arbitrary<unknown> = fc.record(
    {
      s: fc.string({ unit: 'grapheme' }),
      i: fc.option(fc.maxSafeInteger()),
      d: fc.option(plainDouble),
      b: fc.option(fc.boolean()),
      o: fc.option(fc.record({ x: fc.option(fc.integer()), y: fc.option(fc.record({ z: fc.string() })) })),
      l: fc.option(
        fc.array(
          fc.option(
            fc.record({
              p: plainDouble,
              q: fc.array(fc.integer(), { maxLength: 3 }),
            }),
          ),
          { maxLength: 4 },
        ),
      ),
      m: fc.option(fc.dictionary(fc.string(), fc.integer(), { maxKeys: 4, minKeys: 1 })),
    },
    { requiredKeys: ['s'] },
  );

  it('says of any rows what JSON.parse says, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.array(cellJson, { maxLength: 8 }), fc.boolean(), (rows, turned) => {
        const shredder = shredderOf();
        rows.forEach((row, i) => {
          const members = Object.entries(row as object);
          const json = JSON.stringify(Object.fromEntries(turned && i % 2 ? members.reverse() : members));
          shredder.add(lineOf(json, i + 1));
        });
        expect(valuesOf(shredder)).toEqual(rows.map((row) => expectedRow(row as Record<string, unknown>)));
      }),
    );
  });

  it('starts anew after its rows were taken', () => {
    const shredder = shredderOf();
    shredder.add(lineOf('{"s":"a","l":[{"p":1}],"x":1}'));
    expect(shredder.rowCount).toBe(1);
    expect(valuesOf(shredder)).toHaveLength(1);
    expect(shredder.rowCount).toBe(0);
    expect(valuesOf(shredder)).toHaveLength(0);
    shredder.add(lineOf('{"s":"b"}'));
    expect(rowOf('{"s":"c","i":3}', shredder)).toEqual({ s: 'b' });
  });

  it.each<[string, Schema, string]>([
    [
      'no column for the rest',
      { fields: [open('x', text)] },
      'there is no nullable text column for unknown keys',
    ],
    [
      'a type that JSON has not',
      { fields: [open('rest', text), open('x', { kind: 'date' })] },
      'JSON is not read as a column of this type',
    ],
    [
      'a map of structs',
      { fields: [open('rest', text), open('x', map(struct(open('y', text))))] },
      'a map of JSON has text for keys and flat values',
    ],
  ])('refuses a schema with %s', (_, bad, message) => {
    expect(() => createShredder({ schema: bad, restColumn: 'rest', emptyKeys: [] })).toThrow(message);
  });
});

function expectedRow(row: Record<string, unknown>): Record<string, unknown> {
  const big = (value: unknown) => (typeof value === 'number' ? BigInt(value) : null);
  const o = row['o'] as { x: number | null; y: { z: string } | null } | null | undefined;
  const l = row['l'] as ({ p: number; q: number[] } | null)[] | null | undefined;
  const m = row['m'] as Record<string, number> | null | undefined;
  const b = row['b'] as boolean | null | undefined;
  return {
    s: row['s'],
    i: big(row['i']),
    d: positive(row['d']),
    b: b === null || b === undefined ? null : Number(b),
    t: null,
    o: o ? [big(o.x), o.y ? [o.y.z] : null] : null,
    l: l ? l.map((one) => (one === null ? null : [positive(one.p), one.q.map(BigInt)])) : null,
    m: m ? Object.entries(m).map(([key, value]) => [key, BigInt(value)]) : null,
    rest: null,
  };
}

/** JSON.stringify spells -0 as 0. */
function positive(value: unknown): unknown {
  return value === undefined ? null : Object.is(value, -0) ? 0 : value;
}
