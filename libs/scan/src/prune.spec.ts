import { takeColumn, textColumn, type Schema } from '@ticklake/columnar';
import { equalBatches } from '@ticklake/columnar/testing';
import { fileSource } from '@ticklake/parquet/testing';
import { predicatesOf, type Filter } from './filter.js';
import { scanParquet, type PageCounts } from './scan-parquet.js';
import { parquetBytes, spiedSource, withReader } from './spec-support/files.js';
import { scanned } from './spec-support/scanned.js';
import { slowFilter } from './spec-support/slow-filter.js';

describe('row groups of ids in no order', () => {
  const schema: Schema = {
    fields: [
      { name: 'id', type: { kind: 'int', bits: 64, signed: true }, nullable: true },
      { name: 'size', type: { kind: 'float', bits: 64 }, nullable: false },
      { name: 'text', type: { kind: 'utf8' }, nullable: false },
    ],
  };
  const rows = Array.from({ length: 1_000 }, (_, i) => i);
  const idOf = (row: number) => BigInt((row * 7_919) % 1_000) * 2n;
  const batch = {
    ...{ schema, rowCount: 1_000 },
    columns: [
      {
        layout: 'fixed' as const,
        values: BigInt64Array.from(rows, idOf),
        validity: Uint8Array.from(rows, (row) => (row % 10 === 5 ? 0 : 1)),
      },
      {
        layout: 'fixed' as const,
        values: Float64Array.from(rows, (row) => (row === 555 ? -0 : row % 7) - 3 * +(row !== 555)),
      },
      textColumn(rows.map((row) => `t${(row * 31) % 997}`)),
    ],
  };
  const bloomFilter = { falsePositiveRate: 0.001 };
  const FILTERS: readonly (readonly [string, readonly Filter[]])[] = [
    ['an id', [['id', '=', idOf(350)]]],
    ['an id of no row, between others', [['id', '==', 501n]]],
    ['several ids', [['id', 'in', [idOf(1), idOf(2), 501n, idOf(999)]]]],
    [
      'an id in a row group without the text',
      [
        ['id', '=', idOf(350)],
        ['text', '=', `t${(31 * 931) % 997}`],
      ],
    ],
    ['a text', [['text', '=', `t${(31 * 931) % 997}`]]],
  ];

  /** Which row groups are opened, what pages are decoded, and what comes of it. */
  async function opened(
    columns: Record<string, { bloomFilter?: typeof bloomFilter }>,
    filters: readonly Filter[],
  ) {
    const bytes = await parquetBytes(batch, { columns });
    return withReader({ source: fileSource(bytes), wholeBytesMax: 0 }, async (reader) => {
      let rowGroupsRead = -1;
      const pages: PageCounts[] = [];
      const found = await scanned(reader, {
        filters,
        onRowGroups: (counts) => (rowGroupsRead = counts.rowGroupsRead),
        onPages: (counts) => pages.push(counts),
      });
      return {
        found,
        rowGroupsRead,
        rowGroups: pages.map(({ rowGroup }) => rowGroup),
        pagesRead: reader.pages.read,
      };
    });
  }

  it.each(FILTERS)(
    'are fewer to be opened by their bloom filters, for the same rows: %s',
    async (_, filters) => {
      const without = await opened({}, filters);
      const having = await opened({ id: { bloomFilter }, text: { bloomFilter } }, filters);
      expect(equalBatches(having.found, without.found)).toBeUndefined();
      expect(equalBatches(having.found, slowFilter(batch, filters))).toBeUndefined();
      // Statistics leave all ten: every row group has small and large ids and texts.
      expect(without.rowGroupsRead).toBe(10);
      const expected = rows.filter((row) => slowFilter({ ...batch, ...rowOf(row) }, filters).rowCount === 1);
      const groups = [...new Set(expected.map((row) => Math.floor(row / 100)))];
      expect(having.rowGroups).toEqual(groups);
      expect(having.rowGroupsRead).toBe(groups.length);
      expect(having.pagesRead).toBeLessThan(without.pagesRead);
    },
  );

  const rowOf = (row: number) => ({
    rowCount: 1,
    columns: batch.columns.map((column) => takeColumn(column, Uint32Array.of(row))),
  });

  it.each<[string, Filter]>([
    ['0, which -0 is', ['size', '=', 0]],
    ['-0, which 0 is', ['size', 'in', [-0]]],
    ['a bigint', ['size', '=', 0n]],
    ['a number among bigints', ['id', '=', Number(idOf(350))]],
  ])('are not ruled out by a value that is equal in another form: %s', async (_, filter) => {
    const found = await opened({ size: { bloomFilter }, id: { bloomFilter } }, [filter]);
    expect(found.found.rowCount).toBeGreaterThan(0);
    expect(equalBatches(found.found, slowFilter(batch, [filter]))).toBeUndefined();
  });

  it.each<Filter>([
    ['id', '!=', 4n],
    ['id', 'between', [501n, 501n]],
    ['id', '<', 0n],
  ])('are left to statistics where a filter is for no single value: %j', async (...filter) => {
    const { found, rowGroupsRead } = await opened({ id: { bloomFilter } }, [filter]);
    const without = await opened({}, [filter]);
    expect(rowGroupsRead).toBe(without.rowGroupsRead);
    expect(equalBatches(found, without.found)).toBeUndefined();
  });

  it('are asked until somebody stops the scan', async () => {
    const bytes = await parquetBytes(batch, { columns: { id: { bloomFilter } } });
    const stop = new AbortController();
    const { source, asked } = spiedSource(bytes);
    const read: typeof source.read = (...place) => {
      if (asked.length === 3) stop.abort();
      return source.read(...place);
    };
    await withReader({ source: { size: source.size, read }, wholeBytesMax: 0 }, async (reader) => {
      asked.length = 0;
      const predicates = predicatesOf([['id', '=', 501n]], reader.schema);
      const batches = scanParquet(reader, { predicates, batchRows: 9, signal: stop.signal });
      await expect(batches.next()).rejects.toMatchObject({ kind: 'cancelled' });
      expect(asked).toHaveLength(4);
    });
  });

  it('are not asked of columns without', async () => {
    const bytes = await parquetBytes(batch, { columns: { text: { bloomFilter } } });
    const { source, asked } = spiedSource(bytes);
    await withReader({ source, wholeBytesMax: 0 }, async (reader) => {
      asked.length = 0;
      const predicates = predicatesOf(
        [
          ['id', '=', 501n],
          ['text', '=', 't5x'],
        ],
        reader.schema,
      );
      expect((await scanParquet(reader, { predicates, batchRows: 9 }).next()).done).toBe(true);
      // Of every row group its filter of texts, and nothing else.
      expect(asked).toHaveLength(10);
    });
  });
});
