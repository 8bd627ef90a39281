import { dictionaryLength, textColumn, valueAt, type Column, type Field } from '@ticklake/columnar';
import { orderedRows } from './ordered-rows.js';
import type { RoutedPartition } from './routed-partition.js';
import { createRouter } from './router.js';
import { ARENA } from './spec-support/test-arena.js';
import { createMemorySpill, type Spill } from './spill.js';

const FIELDS: readonly Field[] = [
  { name: 'time', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
  { name: 'trade_id', type: { kind: 'utf8' }, nullable: false },
];

type Part = readonly [source: number, ...times: number[]];

/** One partition of rows that came together, each a time and the id that the place of the row makes. */
async function routed(
  ...parts: readonly Part[]
): Promise<{ readonly partition: RoutedPartition<string>; readonly spill: Spill }> {
  const spill = createMemorySpill();
  const router = createRouter<string>(ARENA, FIELDS, spill);
  for (const [source, ...times] of parts) {
    const values = BigInt64Array.from(times, BigInt);
    const { values: dictionary } = textColumn(times.map((_, row) => `${source}.${row}`));
    const codes = Uint32Array.from(times, (_, row) => row);
    const columns: Column[] = [
      { layout: 'fixed', values },
      { layout: 'dictionary', codes, dictionary },
    ];
    await router.add(source, { rowCount: times.length, columns }, [{ key: 'all', rows: [0, times.length] }]);
  }
  router.release();
  const partition = router.partitions.get('all');
  if (partition === undefined) throw new Error('there are rows');
  return { partition, spill };
}

const noRuns = () => Promise.reject(new Error('rows that fit in memory are sorted there'));

async function given(
  parts: readonly Part[],
  options: { readonly sortRowsMax: number; readonly batchRows: number },
): Promise<readonly (readonly string[])[]> {
  const { partition, spill } = await routed(...parts);
  const batches: string[][] = [];
  const all = { fields: FIELDS, runsMax: 2, createRuns: noRuns, ...options };
  for await (const { rowCount, columns } of orderedRows(partition, spill, all)) {
    const rows = Array.from({ length: rowCount }, (_, row) => {
      const [time, id] = columns.map((column) => valueAt(column, row));
      return `${String(time)} ${Buffer.from(id as Uint8Array).toString()}`;
    });
    batches.push(rows);
  }
  return batches;
}

describe('rows of a partition', () => {
  it.each<[string, readonly Part[], readonly (readonly string[])[]]>([
    ['as they lie', [[0, 1, 2, 3]], [['1 0.0', '2 0.1', '3 0.2']]],
    [
      'together, where they are few',
      [
        [0, 1],
        [0, 1],
        [1, 2],
      ],
      [['1 0.0', '1 0.0'], ['2 1.0']],
    ],
    [
      'by source, whichever came first',
      [
        [1, 5],
        [0, 4, 5],
      ],
      [['4 0.0', '5 0.1'], ['5 1.0']],
    ],
    ['sorted within a source', [[0, 2, 1, 2]], [['1 0.1', '2 0.0'], ['2 0.2']]],
    [
      'sorted across sources, ties by source',
      [
        [1, 1, 2],
        [0, 2, 3],
      ],
      [
        ['1 1.0', '2 0.0'],
        ['2 1.1', '3 0.1'],
      ],
    ],
  ])('come %s', async (_, parts, expected) => {
    expect(await given(parts, { sortRowsMax: 4, batchRows: 2 })).toEqual(expected);
  });

  it('have the entries of their batch in their dictionary, not those of the partition', async () => {
    const { partition, spill } = await routed([0, 3, 2, 1, 0]);
    const options = { fields: FIELDS, sortRowsMax: 4, runsMax: 2, batchRows: 1, createRuns: noRuns };
    const entries: unknown[] = [];
    for await (const { columns } of orderedRows(partition, spill, options)) {
      const [, ids] = columns;
      entries.push(ids?.layout === 'dictionary' && dictionaryLength(ids.dictionary));
    }
    expect(entries).toEqual([1, 1, 1, 1]);
  });
});
