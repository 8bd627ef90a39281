import { textColumn, valueAt, type Field } from '@ticklake/columnar';
import fc from 'fast-check';
import { mergeOrdered } from './merge-ordered.js';
import type { OrderedRows } from './part-rows.js';

const FIELDS: readonly Field[] = [
  { name: 'time', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
  { name: 'trade_id', type: { kind: 'utf8' }, nullable: false },
];

/** A row: its time, and the id that its place makes. */
type Row = readonly [time: number, id: string];

/** Rows a few at a time; told when it is closed. */
async function* stream(
  rows: readonly Row[],
  batchRows: number,
  onClose: () => void,
): AsyncGenerator<OrderedRows> {
  try {
    for (let at = 0; at < rows.length; at += batchRows) {
      const some = rows.slice(at, at + batchRows);
      const values = BigInt64Array.from(some, ([time]) => BigInt(time));
      const ids = textColumn(some.map(([, id]) => id));
      yield { rowCount: some.length, columns: [{ layout: 'fixed', values }, ids] };
    }
  } finally {
    onClose();
  }
}

async function merged(
  streams: readonly (readonly Row[])[],
  options: { batchRows: number; streamRows: number },
) {
  let closed = 0;
  const open = streams.map((rows) => stream(rows, options.streamRows, () => closed++));
  const rows: Row[] = [];
  for await (const { rowCount, columns } of mergeOrdered(open, {
    fields: FIELDS,
    batchRows: options.batchRows,
  })) {
    expect(rowCount).toBeLessThanOrEqual(options.batchRows);
    for (let row = 0; row < rowCount; row++) {
      const [time, id] = columns.map((column) => valueAt(column, row));
      rows.push([Number(time), Buffer.from(id as Uint8Array).toString()]);
    }
  }
  return { rows, closed };
}

it('is the stable sort of all streams one after another', async () => {
  const times = fc.array(fc.array(fc.nat({ max: 6 }), { maxLength: 12 }), { maxLength: 5 });
  const sizes = fc.record({
    batchRows: fc.integer({ min: 1, max: 9 }),
    streamRows: fc.integer({ min: 1, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(times, sizes, async (all, options) => {
      const streams = all.map((some, i) =>
        some.sort((a, b) => a - b).map((time, row): Row => [time, `${i}.${row}`]),
      );
      const { rows, closed } = await merged(streams, options);
      expect(rows).toEqual(streams.flat().sort((a, b) => a[0] - b[0]));
      expect(closed).toBe(streams.length);
    }),
    { numRuns: 300 },
  );
});

it('closes all streams where one fails, and where nobody reads on', async () => {
  const closed: string[] = [];
  const good = () =>
    stream(
      [
        [1, 'a'],
        [3, 'b'],
      ],
      1,
      () => closed.push('good'),
    );
  async function* bad(): AsyncGenerator<OrderedRows> {
    yield* stream([[2, 'c']], 1, () => closed.push('bad'));
    throw new Error('torn');
  }
  const read = async () => {
    for await (const _ of mergeOrdered([good(), bad()], { fields: FIELDS, batchRows: 1 }));
  };
  await expect(read()).rejects.toThrow('torn');
  expect(closed).toEqual(['bad', 'good']);
  for await (const _ of mergeOrdered([good(), good()], { fields: FIELDS, batchRows: 1 })) break;
  expect(closed).toEqual(['bad', 'good', 'good', 'good']);
});
