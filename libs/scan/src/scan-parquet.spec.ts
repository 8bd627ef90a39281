import { columnLength, selectColumns, valueAt, type Schema } from '@ticklake/columnar';
import { equalBatches } from '@ticklake/columnar/testing';
import { bytesSource } from '@ticklake/core';
import type { ReaderTools } from '@ticklake/parquet';
import { fileSource } from '@ticklake/parquet/testing';
import fc from 'fast-check';
import { predicatesOf, type Filter } from './filter.js';
import { scanParquet, type PageCounts, type RowGroupCounts } from './scan-parquet.js';
import { scanSchema, type Constant } from './scan-schema.js';
import { arbitraryScan } from './spec-support/arbitrary-scan.js';
import { parquetBytes, spiedSource, withReader } from './spec-support/files.js';
import { scanned } from './spec-support/scanned.js';
import { slowFilter } from './spec-support/slow-filter.js';
import { ticks } from './spec-support/ticks.js';

const WAYS: readonly ((bytes: Uint8Array) => Omit<ReaderTools, 'arena'>)[] = [
  (bytes) => ({ source: bytesSource(bytes) }),
  (bytes) => ({ source: fileSource(bytes), wholeBytesMax: 0, windowBytes: 64 }),
  (bytes) => ({ source: fileSource(bytes), wholeBytesMax: 0 }),
];

describe('the rows of a file that match', () => {
  it('are those that a look at every value finds, for every type, layout and size of pages and row groups', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryScan(),
        fc.constantFrom(...WAYS),
        fc.constantFrom(undefined, 0, 1_000, 1 << 20),
        async ({ batch, ...one }, way, aheadBytesMax) => {
          const bytes = await parquetBytes(batch, one.options);
          await withReader(way(bytes), async (reader) => {
            const { filters, batchRows } = one;
            const found = await scanned(reader, { filters, batchRows, aheadBytesMax });
            expect(equalBatches(found, slowFilter(batch, filters))).toBeUndefined();
          });
        },
      ),
      { numRuns: 600 },
    );
  });

  it('have NaN among them, of which no bound tells', async () => {
    const schema: Schema = { fields: [{ name: 'a', type: { kind: 'float', bits: 64 }, nullable: false }] };
    const columns = [{ layout: 'fixed' as const, values: Float64Array.of(5, 5, NaN, 5) }];
    const bytes = await parquetBytes({ schema, rowCount: 4, columns }, { pageRows: 2 });
    await withReader({ source: bytesSource(bytes) }, async (reader) => {
      const { rowCount, columns: found } = await scanned(reader, { filters: [['a', '!=', 5]] });
      expect([rowCount, valueAt(found[0]!, 0)]).toEqual([1, NaN]);
      expect((await scanned(reader, { filters: [['a', '>=', 5]] })).rowCount).toBe(3);
    });
  });

  it('come in batches that have some and are no larger than asked for', async () => {
    await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
      const predicates = predicatesOf([['ts', '>=', 30n]], reader.schema);
      const sizes: number[] = [];
      for await (const { rowCount } of scanParquet(reader, { predicates, batchRows: 150 }))
        sizes.push(rowCount);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(150);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(970);
    });
  });
});

/** What a scan of {@link ticks} reads. */
async function counted(filters: readonly Filter[], columns?: readonly string[]) {
  const { source, asked } = spiedSource(await ticks());
  return withReader({ source, wholeBytesMax: 0 }, async (reader) => {
    let rowGroups: RowGroupCounts | undefined;
    const pages: PageCounts[] = [];
    asked.length = 0;
    const found = await scanned(reader, {
      ...{ filters, columns },
      onRowGroups: (counts) => (rowGroups = counts),
      onPages: (counts) => pages.push(counts),
    });
    // What follows the chunks are the indexes.
    const chunks = reader.rowGroups.flatMap((group) => group.columns);
    const dataEnd = Math.max(...chunks.map(({ offset, sizeBytes }) => offset + sizeBytes));
    const pagesAsked = asked.filter(({ start }) => start < dataEnd);
    const locations = await reader.pageLocations({ name: 'price', rowGroup: 0 });
    return { found, rowGroups, pages, pagesAsked, pagesRead: reader.pages.read, locations, chunks, asked };
  });
}

describe('what cannot have a row', () => {
  it('is not read: row groups that statistics rule out', async () => {
    const { rowGroups, pages, found } = await counted([['ts', '>=', 700n]]);
    expect(rowGroups).toEqual({ rowGroups: 2, rowGroupsRead: 1 });
    expect(pages).toEqual([{ rowGroup: 1, rows: 500, rowsRead: 300, pages: 5, pagesRead: 3 }]);
    expect(found.rowCount).toBe(300);
  });

  it('is not read: row groups of nulls, texts out of bounds', async () => {
    expect((await counted([['symbol', '>', 'T']])).rowGroups?.rowGroupsRead).toBe(0);
    expect((await counted([['symbol', '=', 'ETH']])).rowGroups?.rowGroupsRead).toBe(2);
    const schema: Schema = { fields: [{ name: 'a', type: { kind: 'date' }, nullable: true }] };
    const columns = [{ layout: 'fixed' as const, values: new Int32Array(9), validity: new Uint8Array(9) }];
    const bytes = await parquetBytes({ schema, rowCount: 9, columns }, {});
    await withReader({ source: bytesSource(bytes) }, async (reader) => {
      await scanned(reader, { filters: [['a', '!=', 1]] });
      expect(reader.pages.read).toBe(0);
    });
  });

  it('is not asked of the source, nor decoded: pages', async () => {
    const { found, pages, pagesAsked, pagesRead, locations, chunks } = await counted(
      [['ts', 'between', [130n, 139n]]],
      ['price'],
    );
    expect(found.rowCount).toBe(10);
    expect(pages).toEqual([{ rowGroup: 0, rows: 500, rowsRead: 100, pages: 5, pagesRead: 1 }]);
    // A page of times and one of prices, and no byte beside them.
    expect(pagesRead).toBe(2);
    expect(pagesAsked).toHaveLength(2);
    const { offset, sizeBytes } = locations![1]!;
    expect(pagesAsked).toContainEqual({ start: offset, end: offset + sizeBytes });
    const [time] = chunks;
    const [first] = pagesAsked;
    expect(first!.start).toBeGreaterThan(time!.offset);
    expect(first!.end).toBeLessThan(time!.offset + time!.sizeBytes);
  });

  it('is not asked of the source: pages that several filters leave nothing of together', async () => {
    const { found, pages, pagesAsked, pagesRead } = await counted([
      ['ts', '<', 100n],
      ['symbol', '=', 'ETH'],
    ]);
    expect(found.rowCount).toBe(0);
    expect(found.schema.fields.map(({ name }) => name)).toEqual(['ts', 'symbol', 'price']);
    expect(pages).toEqual([{ rowGroup: 0, rows: 500, rowsRead: 0, pages: 10, pagesRead: 0 }]);
    expect({ pagesAsked, pagesRead }).toEqual({ pagesAsked: [], pagesRead: 0 });
  });

  it('is not read: pages of nulls', async () => {
    const { pages } = await counted([
      ['price', '<', 1e9],
      ['ts', '<', 400],
    ]);
    expect(pages).toEqual([{ rowGroup: 0, rows: 500, rowsRead: 300, pages: 10, pagesRead: 6 }]);
  });

  it('is not decoded: pages of other columns where no row is left', async () => {
    const { found, pagesRead } = await counted([['price', '=', Math.sin(777) * 1e6]], ['ts', 'price']);
    expect(found.rowCount).toBe(1);
    expect(valueAt(found.columns[0]!, 0)).toBe(777n);
    // Bounds leave most pages of prices; of times only the one with the row is read.
    const onlyPrices = await counted([['price', '=', Math.sin(777) * 1e6]], ['price']);
    expect(pagesRead).toBe(onlyPrices.pagesRead + 1);
  });

  it('is nothing without filters: the indexes are not read then', async () => {
    const { found, pagesAsked, asked, pages } = await counted([]);
    expect(found.rowCount).toBe(1_000);
    expect(asked.filter((one) => !pagesAsked.includes(one))).toHaveLength(1);
    expect(pages.map(({ rowsRead, pages: ofIndex }) => [rowsRead, ofIndex])).toEqual([
      [500, 0],
      [500, 0],
    ]);
  });
});

describe('columns', () => {
  const constants = new Map<string, Constant>([
    ['venue', { type: { kind: 'utf8' }, value: 'binance' }],
    ['day', { type: { kind: 'int', bits: 8, signed: true }, value: 31 }],
    ['at', { type: { kind: 'timestamp', unit: 'ms', utc: true }, value: 5 }],
    ['live', { type: { kind: 'bool' }, value: true }],
  ]);

  it('come in the order asked for, constants among them', async () => {
    await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
      const columns = ['live', 'price', 'venue', 'at', 'ts', 'day'];
      const found = await scanned(reader, { columns, constants, filters: [['ts', '=', 555]] });
      expect(found.schema).toEqual(scanSchema(reader.schema, { columns, constants }));
      const values = found.columns.map((column) => valueAt(column, 0));
      const venue = new Uint8Array(Buffer.from('binance'));
      expect(values).toEqual([1, Math.sin(555) * 1e6, venue, 5n, 555n, 31]);
    });
  });

  it('are those of the file and then the constants, when nobody asks', async () => {
    await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
      const { fields } = scanSchema(reader.schema, { constants });
      expect(fields.map(({ name }) => name)).toEqual(['ts', 'symbol', 'price', 'venue', 'day', 'at', 'live']);
      const found = await scanned(reader, { constants, filters: [['day', '=', 31]] });
      expect(found.rowCount).toBe(1_000);
      const { columns, ...own } = await scanned(reader, {});
      const names = own.schema.fields.map(({ name }) => name);
      expect(equalBatches(selectColumns(found, names), { columns, ...own })).toBeUndefined();
    });
  });

  it('of the file give way to constants of their name', async () => {
    await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
      const symbol = new Map<string, Constant>([['symbol', { type: { kind: 'utf8' }, value: 'ADA' }]]);
      const filters: Filter[] = [['symbol', '=', 'ADA']];
      expect((await scanned(reader, { constants: symbol, filters, columns: ['symbol'] })).rowCount).toBe(
        1_000,
      );
      expect(reader.pages.read).toBe(0);
    });
  });

  it('of constants are as long as each batch', async () => {
    await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
      const lengths: number[][] = [];
      for await (const { columns, rowCount } of scanParquet(reader, {
        constants,
        predicates: [],
        batchRows: 300,
      })) {
        expect(columns.map((column) => valueAt(column, rowCount - 1)).slice(3)).toEqual([
          new Uint8Array(Buffer.from('binance')),
          31,
          5n,
          1,
        ]);
        lengths.push(columns.map(columnLength));
      }
      expect(lengths).toEqual([300, 200, 300, 200].map((length) => Array(7).fill(length)));
    });
  });

  it('that are constants can rule a file out', async () => {
    await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
      const seen: RowGroupCounts[] = [];
      const onRowGroups = (counts: RowGroupCounts) => void seen.push(counts);
      const found = await scanned(reader, { constants, filters: [['day', '<', 31]], onRowGroups });
      expect(found.rowCount).toBe(0);
      expect({ seen, read: reader.pages.read }).toEqual({
        seen: [{ rowGroups: 2, rowGroupsRead: 0 }],
        read: 0,
      });
    });
  });

  it.each<[string, Constant]>([
    ['a text for a number', { type: { kind: 'int', bits: 8, signed: true }, value: '1' }],
    ['a number that is too large', { type: { kind: 'int', bits: 8, signed: true }, value: 128 }],
    ['half of a number', { type: { kind: 'int', bits: 64, signed: true }, value: 0.5 }],
    ['more than 64 bits', { type: { kind: 'timestamp', unit: 'us', utc: true }, value: 2n ** 63n }],
    ['bytes', { type: { kind: 'bytes' }, value: 'a' }],
  ])('cannot be a constant that is not of its type: %s', (_, constant) => {
    const failure = expect.objectContaining({ kind: 'invalid', code: 'CONSTANT' });
    expect(() => scanSchema({ fields: [] }, { constants: new Map([['a', constant]]) })).toThrow(failure);
  });

  it.each([[['price', 'size']], [['price', 'price']]])(
    'that cannot be given are refused: %j',
    async (columns) => {
      await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
        await expect(scanned(reader, { columns })).rejects.toMatchObject({ kind: 'invalid', code: 'COLUMN' });
      });
    },
  );
});

it('stops between batches where it is told to', async () => {
  await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
    const stop = new AbortController();
    const batches = scanParquet(reader, { predicates: [], batchRows: 10, signal: stop.signal });
    expect((await batches.next()).value.rowCount).toBe(10);
    stop.abort();
    await expect(batches.next()).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

it('refuses predicates that were made for another file', async () => {
  await withReader({ source: bytesSource(await ticks()) }, async (reader) => {
    for (const name of ['price', 'size']) {
      const schema: Schema = { fields: [{ name, type: { kind: 'utf8' }, nullable: true }] };
      const predicates = predicatesOf([[name, '=', 'a']], schema);
      const failure = { kind: 'invalid', code: 'FILTER' };
      await expect(scanParquet(reader, { predicates, batchRows: 9 }).next()).rejects.toMatchObject(failure);
    }
  });
});
