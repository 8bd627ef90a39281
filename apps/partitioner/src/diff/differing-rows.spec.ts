import { textColumn, type Column, type Field, type RecordBatch, type Schema } from '@ticklake/columnar';
import fc from 'fast-check';
import { ARENA } from '../testing/context.js';
import { differingRows, type DifferingRow, type RowsInOrder } from './differing-rows.js';

type Row = readonly [time: number, side: string, price: number | null];

const SCHEMA: Schema = {
  fields: [
    { name: 'time', type: { kind: 'timestamp', unit: 'us', utc: true }, nullable: false },
    { name: 'side', type: { kind: 'utf8' }, nullable: false },
    { name: 'price', type: { kind: 'float', bits: 64 }, nullable: true },
  ],
};

function batchOf(rows: readonly Row[]): RecordBatch {
  return {
    schema: SCHEMA,
    rowCount: rows.length,
    columns: [
      { layout: 'fixed', values: BigInt64Array.from(rows, ([time]) => BigInt(time)) },
      textColumn(rows.map(([, side]) => side)),
      {
        layout: 'fixed',
        values: Float64Array.from(rows, ([, , price]) => price ?? 0),
        validity: Uint8Array.from(rows, ([, , price]) => Number(price !== null)),
      },
    ],
  };
}

/** Rows in order of time, cut into batches of so many; counts those that are not given back. */
function inOrder(rows: readonly Row[], cut: number, onEnd = () => undefined as void): RowsInOrder {
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return {
    schema: SCHEMA,
    orderBy: 'time',
    async *batches() {
      try {
        for (let start = 0; start < sorted.length; start += cut)
          yield batchOf(sorted.slice(start, start + cut));
      } finally {
        onEnd();
      }
    },
  };
}

async function differing(
  a: RowsInOrder,
  b: RowsInOrder,
  { heldRowsMax = 1000, isComparable = true } = {},
): Promise<readonly DifferingRow[]> {
  const found: DifferingRow[] = [];
  for await (const row of differingRows(a, b, { arena: ARENA, heldRowsMax, isComparable })) found.push(row);
  return found;
}

const textOf = ([time, side, price]: Row) => `${time} ${side} ${Object.is(price, -0) ? '-0' : price}`;

/** How often `a` has each of its rows more than `b` has, by taking one row after another away. */
function lacking(a: readonly Row[], b: readonly Row[]): readonly string[] {
  const left = b.map(textOf);
  return a.map(textOf).filter((text) => {
    const i = left.indexOf(text);
    if (i >= 0) left.splice(i, 1);
    return i < 0;
  });
}

function rowOf({ row }: DifferingRow): Row {
  const { time, side, price } = row;
  return [Number(time), side as string, price === 'NaN' ? NaN : (price as number | null)];
}

const ROWS = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 4 }),
    fc.constantFrom('buy', 'sell'),
    fc.constantFrom(1, 2, 0, -0, NaN, null),
  ),
  { maxLength: 30 },
);

it('are those that a look at every row finds, as often, in order of time', async () => {
  await fc.assert(
    fc.asyncProperty(ROWS, ROWS, ROWS, fc.integer({ min: 1, max: 7 }), async (same, ofA, ofB, cut) => {
      // Rows that both have stand elsewhere among those of their time.
      const [a, b] = [
        [...same, ...ofA],
        [...ofB, ...[...same].reverse()],
      ];
      const found = await differing(inOrder(a, cut), inOrder(b, cut + 1));
      const of = (side: string) => found.filter((one) => one.side === side).map((one) => textOf(rowOf(one)));
      expect([of('a').sort(), of('b').sort()]).toEqual([
        [...lacking(a, b)].sort(),
        [...lacking(b, a)].sort(),
      ]);
      const times = found.map((one) => rowOf(one)[0]);
      expect(times).toEqual([...times].sort((x, y) => x - y));
    }),
    { numRuns: 300 },
  );
});

it('are all of them where the columns are others', async () => {
  const a = inOrder(
    [
      [1, 'buy', 1],
      [2, 'buy', 1],
    ],
    2,
  );
  const [time, , price] = SCHEMA.fields as [Field, Field, Field];
  const schema = { fields: [time, price] };
  const b: RowsInOrder = {
    ...{ schema, orderBy: 'time' },
    async *batches() {
      const { columns } = batchOf([
        [1, '', 1],
        [2, '', null],
      ]);
      yield { schema, rowCount: 2, columns: [columns[0] as Column, columns[2] as Column] };
    },
  };
  expect(await differing(a, b, { isComparable: false })).toEqual([
    { side: 'a', row: { time: '1', side: 'buy', price: 1 } },
    { side: 'b', row: { time: '1', price: 1 } },
    { side: 'a', row: { time: '2', side: 'buy', price: 1 } },
    { side: 'b', row: { time: '2', price: null } },
  ]);
});

it('rows of one time are held that have no counterpart yet, and no more than there may be', async () => {
  const row = (i: number): Row => [7, 'buy', i];
  const rows = Array.from({ length: 100 }, (_, i) => row(i));
  const half = (odd: number) => rows.filter((_, i) => i % 2 === odd);
  // What the other side has nothing more of at its time is given at once.
  expect(await differing(inOrder(rows, 10), inOrder([], 10), { heldRowsMax: 1 })).toHaveLength(100);
  // Both in one order: a row is held for as long as the other side has others.
  expect(await differing(inOrder([...rows, row(-1)], 10), inOrder(rows, 9), { heldRowsMax: 2 })).toHaveLength(
    1,
  );
  const torn = differing(inOrder(half(0), 10), inOrder(half(1), 10), { heldRowsMax: 20 });
  await expect(torn).rejects.toMatchObject({ kind: 'invalid', code: 'LIMIT', details: { time: '7' } });
});

it('both sides are given back where nobody reads on', async () => {
  let ended = 0;
  const rows: readonly Row[] = Array.from({ length: 9 }, (_, i) => [i, 'buy', 1]);
  const before = ARENA.usedBytes;
  const all = differingRows(
    inOrder(rows, 2, () => void ended++),
    inOrder([[3, 'sell', 1]], 2, () => void ended++),
    {
      ...{ arena: ARENA, heldRowsMax: 10, isComparable: true },
    },
  );
  expect((await all.next()).value).toEqual({ side: 'a', row: { time: '0', side: 'buy', price: 1 } });
  await all.return(undefined);
  expect([ended, ARENA.usedBytes]).toEqual([2, before]);
});
