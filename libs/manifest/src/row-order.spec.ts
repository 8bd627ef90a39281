import { createColumnBuffer, type Column, type FixedColumnBuffer } from '@ticklake/columnar';
import fc from 'fast-check';
import { createRowOrder, type RowOrder } from './row-order.js';
import { ARENA } from './spec-support/example-publication.js';

const int64 = (values: readonly bigint[]): Column => ({
  layout: 'fixed',
  values: BigInt64Array.from(values),
});
const near = fc.bigInt({ min: -2n, max: 2n });
const wide = fc.oneof(
  near,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(2n ** 32n, -(2n ** 32n)),
);

/** The first row that sorts before the one above it, the slow obvious way. */
function slowDisorder(rows: readonly (readonly [bigint, bigint])[]): number | undefined {
  const at = rows.findIndex(([a, b], i) => {
    const above = rows[i - 1];
    return above !== undefined && (a < above[0] || (a === above[0] && b < above[1]));
  });
  return at < 0 ? undefined : at;
}

/** Hands rows over as a verifier does. */
function addRows(order: RowOrder, columns: readonly Column[], bits: 32 | 64 = 64): void {
  const buffers = columns.map((column) => {
    const buffer = createColumnBuffer(ARENA, { kind: 'int', bits, signed: true }) as FixedColumnBuffer;
    buffer.append(column, 0, column.layout === 'fixed' ? column.values.length : 0);
    return buffer;
  });
  order.add(buffers);
  for (const buffer of buffers) buffer.release();
}

describe('createRowOrder', () => {
  it('finds what the obvious loop finds, however the rows were cut into batches', () => {
    const rowsAndCuts = fc.record({
      rows: fc.array(fc.tuple(fc.oneof(near, wide), near), { maxLength: 12 }),
      sorted: fc.boolean(),
      cut: fc.nat(12),
    });
    fc.assert(
      fc.property(rowsAndCuts, ({ rows, sorted, cut }) => {
        if (sorted)
          rows.sort(([a, b], [c, d]) => (a < c || (a === c && b < d) ? -1 : a === c && b === d ? 0 : 1));
        const order = createRowOrder(ARENA);
        for (const part of [rows.slice(0, cut), rows.slice(cut)]) {
          addRows(order, [int64(part.map(([a]) => a)), int64(part.map(([, b]) => b))]);
        }
        order.release();
        const firsts = rows.map(([a]) => a).sort((a, b) => (a < b ? -1 : 1));
        expect(order.disorderRow).toBe(slowDisorder(rows));
        expect(order.span).toEqual(rows.length === 0 ? undefined : { min: firsts[0], max: firsts.at(-1) });
      }),
      { numRuns: 1000 },
    );
  });

  it('names the first row with a null and leaves it out of the span', () => {
    const order = createRowOrder(ARENA);
    addRows(order, [int64([5n, 6n])]);
    addRows(order, [
      { layout: 'fixed', values: BigInt64Array.of(7n, 0n, 9n), validity: Uint8Array.of(1, 0, 1) },
    ]);
    expect(order.nullRow).toBe(3);
    expect(order.span).toEqual({ min: 5n, max: 9n });
  });

  it('compares narrow integers as they are', () => {
    const order = createRowOrder(ARENA);
    addRows(order, [{ layout: 'fixed', values: Int32Array.of(-3, -2, 7) }], 32);
    addRows(order, [{ layout: 'fixed', values: Int32Array.of(6) }], 32);
    expect(order.disorderRow).toBe(3);
    expect(order.span).toEqual({ min: -3n, max: 7n });
  });
});
