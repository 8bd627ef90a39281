import fc from 'fast-check';
import type { Column, FixedValues } from '../batch.js';
import type { DataType, Field, NestedType } from '../schema.js';
import type { StripedLeaf, StripedRows } from '../striped/striped-rows.js';
import { stripeRows } from '../testing/stripe-rows.js';
import { nestedBytes } from './nested-bytes.js';
import { createStripedBytes } from './striped-bytes.js';

const double: DataType = { kind: 'float', bits: 64 };
const instant: DataType = { kind: 'timestamp', unit: 'us', utc: true };

const price: NestedType = {
  kind: 'nested',
  shape: 'struct',
  children: [
    { name: 'ts', type: instant, nullable: false },
    { name: 'mid', type: double, nullable: true },
  ],
};

function listOf(element: DataType): Field {
  const children = [{ name: 'element', type: element, nullable: true }];
  return { name: 'prices', nullable: true, type: { kind: 'nested', shape: 'list', children } };
}

/** The same rows, the values of each leaf as codes into those there are. */
function coded(rows: StripedRows): StripedRows {
  const codes = (column: Column): Column => {
    if (column.layout !== 'fixed') return column;
    const values = [...(column.values as Iterable<number | bigint>)];
    const distinct = values.filter((value, i) => values.findIndex((one) => Object.is(one, value)) === i);
    const dictionary = new (column.values.constructor as new (from: unknown) => FixedValues)(distinct);
    return {
      layout: 'dictionary',
      dictionary,
      codes: Uint32Array.from(values, (value) => distinct.findIndex((one) => Object.is(one, value))),
    };
  };
  return {
    ...rows,
    leaves: rows.leaves.map((leaf): StripedLeaf => ({ ...leaf, values: codes(leaf.values) })),
  };
}

/** Lists of elements, of which some, and some of their values, may be null. */
function listsOf(element: fc.Arbitrary<unknown>, nulls: boolean): fc.Arbitrary<unknown[]> {
  const one = nulls ? fc.option(element, { freq: 9 }) : element;
  return fc.array(fc.option(fc.array(one, { maxLength: 6 }), { freq: 4 }), { maxLength: 8 });
}

const ts = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const mid = fc.double();
const present = fc.tuple(ts, mid);
const open = fc.tuple(ts, fc.option(mid, { freq: 5 }));

describe.each<[string, DataType, fc.Arbitrary<unknown[]>]>([
  ['records that are all there', price, listsOf(present, false)],
  ['records that are not all there', price, listsOf(open, true)],
  [
    'lists of lists of records',
    listOf(price).type,
    listsOf(fc.array(fc.oneof({ weight: 4, arbitrary: present }, { weight: 1, arbitrary: open })), true),
  ],
])('%s', (_, element, lists) => {
  it('have the bytes that the plain rows have, whether their values come as they are or as codes', () => {
    const field = listOf(element);
    const [one, two] = [createStripedBytes(), createStripedBytes()];
    fc.assert(
      fc.property(lists, (rows) => {
        const striped = stripeRows(field, rows);
        const expected = nestedBytes(field.type as NestedType, rows);
        for (const found of [one.bytesOf(striped), two.bytesOf(coded(striped))]) {
          expect([...found.values.offsets]).toEqual([...expected.values.offsets]);
          expect(Buffer.compare(found.values.data, expected.values.data)).toBe(0);
          expect([...found.validity]).toEqual([...(expected.validity ?? [])]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('every NaN of a record is the quiet one', () => {
  const field = listOf(price);
  const rows = stripeRows(field, [[[1n, 0]]]);
  const bits = (word: bigint) => new Float64Array(BigUint64Array.of(word).buffer);
  const withMid = (values: Float64Array): StripedRows => ({
    ...rows,
    leaves: [rows.leaves[0]!, { ...rows.leaves[1]!, values: { layout: 'fixed', values } }],
  });
  const bytes = createStripedBytes();
  const of = (word: bigint) => Buffer.from(bytes.bytesOf(withMid(bits(word))).values.data).toString('hex');
  expect(of(0xfff8000000000001n)).toBe(of(0x7ff8000000000000n));
  expect(of(0x7ff0000000000000n)).not.toBe(of(0x7ff8000000000000n));
});
