import type { RecordBatch, Schema } from '@ticklake/columnar';
import { textColumn } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckDb, type DuckDbOracle } from '../spec-support/duckdb-oracle.js';
import { pagesOf } from '../spec-support/page-layout.js';
import { ARENA } from '../spec-support/test-arena.js';
import { fileSource } from '../testing/file-source.js';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import { openParquet, type ParquetReader } from './open-parquet.js';
import type { PageFacts } from './page-facts.js';
import { USUAL_LIMITS } from './parquet-limits.js';

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
});
afterAll(() => duckdb.close());

const SCHEMA: Schema = {
  fields: [
    { name: 'ts', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    { name: 'venue', type: { kind: 'utf8' }, nullable: true },
  ],
};

function rowsOf(rowCount: number, text = (i: number) => `venue-${i % 3}`): RecordBatch {
  const rows = Array.from({ length: rowCount }, (_, i) => i);
  const values = BigInt64Array.from(rows, (i) => BigInt(i));
  return { schema: SCHEMA, rowCount, columns: [{ layout: 'fixed', values }, textColumn(rows.map(text))] };
}

async function reading<T>(
  bytes: Uint8Array,
  look: (reader: ParquetReader) => Promise<T> | T,
  sizes: { readonly wholeBytesMax?: number; readonly windowBytes?: number } = {},
): Promise<T> {
  const reader = await openParquet({ source: fileSource(bytes), arena: ARENA, ...sizes }, USUAL_LIMITS);
  try {
    return await look(reader);
  } finally {
    reader.close();
  }
}

async function pageFacts(reader: ParquetReader, rowGroup: number, leaf: number): Promise<PageFacts[]> {
  const facts: PageFacts[] = [];
  for await (const page of reader.pageFacts({ rowGroup, leaf })) facts.push(page);
  return facts;
}

const ENCODINGS: Readonly<Record<number, string>> = {
  0: 'PLAIN',
  5: 'DELTA_BINARY_PACKED',
  6: 'DELTA_LENGTH_BYTE_ARRAY',
  8: 'RLE_DICTIONARY',
};

describe('the pages of a chunk', () => {
  const texts = {
    'that fit the window': (i: number) => `venue-${i % 3}`,
    'larger than the window': (i: number) => `${i}`.padEnd(9_000, String.fromCharCode(33 + (i % 90))),
  };
  it.each(Object.entries(texts))('are those another library finds, %s', async (_, text) => {
    const bytes = await parquetBytes(SCHEMA, [rowsOf(250, text)], { compression: 'none' });
    await reading(
      bytes,
      async (reader) => {
        for (const [rowGroup, { columns }] of reader.rowGroups.entries()) {
          for (const leaf of columns.keys()) {
            const expected = pagesOf(bytes, rowGroup, leaf).map((page) => ({
              kind: page.type === 2 ? 'dictionary' : 'data',
              offset: page.offset,
              sizeBytes: page.sizeBytes,
              valueCount: page.valueCount,
              encoding: ENCODINGS[page.encoding],
              hasCrc: true,
            }));
            const found = await pageFacts(reader, rowGroup, leaf);
            expect(found.map(({ uncompressedSizeBytes: _size, ...rest }) => rest)).toEqual(expected);
          }
        }
        expect(reader.pages.read).toBe(0);
      },
      { wholeBytesMax: 0, windowBytes: 1 },
    );
  });

  it('need no whole read where pages are large', async () => {
    const bytes = await parquetBytes(SCHEMA, [rowsOf(100, texts['larger than the window'])], {
      compression: 'none',
      pageRows: 50,
      dictionaryBytesMax: 1,
    });
    const inner = fileSource(bytes);
    let readBytes = 0;
    const source: typeof inner = {
      ...inner,
      read(offset, length, into) {
        readBytes += length;
        return inner.read(offset, length, into);
      },
    };
    const reader = await openParquet(
      { source, arena: ARENA, wholeBytesMax: 0, windowBytes: 1 },
      USUAL_LIMITS,
    );
    readBytes = 0;
    expect(await pageFacts(reader, 0, 1)).toHaveLength(2);
    expect(readBytes).toBe(2 * 64 * 1024);
    reader.close();
  });

  it('say where a header is bad', async () => {
    const bytes = await parquetBytes(SCHEMA, [rowsOf(250)]);
    const second = pagesOf(bytes, 1, 0)[1]?.offset ?? 0;
    bytes.fill(0xff, second, second + 4);
    await reading(bytes, async (reader) => {
      const details = { column: 'ts', rowGroup: 1, page: 1, offset: second };
      await expect(pageFacts(reader, 1, 0)).rejects.toMatchObject({ kind: 'corrupt', details });
      expect(() => reader.pageFacts({ rowGroup: 9, leaf: 0 })).toThrow('no such row group or leaf');
      expect(() => reader.pageFacts({ rowGroup: 0, leaf: 2 })).toThrow('no such row group or leaf');
    });
  });

  it('carry no checksum where DuckDB wrote them', async () => {
    const file = join(duckdb.directory, 'pages.parquet');
    await duckdb.run(
      `COPY (SELECT i, 'v' || (i % 3) AS v FROM range(5000) t(i)) TO '${file}' (FORMAT parquet)`,
    );
    await reading(readFileSync(file), async (reader) => {
      const pages = [...(await pageFacts(reader, 0, 0)), ...(await pageFacts(reader, 0, 1))];
      expect(pages.map(({ hasCrc }) => hasCrc)).not.toContain(true);
      expect(pages.reduce((sum, { kind, valueCount }) => sum + (kind === 'data' ? valueCount : 0), 0)).toBe(
        10_000,
      );
    });
  });
});

describe('what the footer tells of columns', () => {
  it('is what DuckDB says it wrote', async () => {
    const file = join(duckdb.directory, 'leaves.parquet');
    await duckdb.run(`COPY (SELECT i::BIGINT AS a, i::INTEGER AS b, 'x' || i AS c, i / 3.0::DOUBLE AS d, [i::BIGINT] AS e,
      md5(i::VARCHAR)::UUID AS f FROM range(100) t(i)) TO '${file}' (FORMAT parquet, BLOOM_FILTER_FALSE_POSITIVE_RATIO 0.01)`);
    const [physical = [], minima = []] = await duckdb.columns(
      `SELECT type, stats_min_value FROM parquet_metadata('${file}') ORDER BY column_id`,
    );
    const text = (hex: string | undefined) => Buffer.from(hex ?? '', 'hex').toString();
    await reading(readFileSync(file), ({ leaves, rowGroups }) => {
      expect(leaves.map((leaf) => leaf.physical.replace(/\(.*/, ''))).toEqual(physical.map(text));
      expect(leaves.map(({ path }) => path[0])).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
      expect(leaves.map(({ repeated }) => repeated)).toEqual([false, false, false, false, true, false]);
      expect(leaves[5]).toMatchObject({ name: 'f', physical: 'FIXED_LEN_BYTE_ARRAY(16)', nullable: true });
      const bounds = rowGroups[0]?.columns.map((column) => column.bounds) ?? [];
      expect(bounds.slice(0, 2).map((one) => String(one?.min))).toEqual(minima.slice(0, 2).map(text));
      expect(bounds[2]).toBeUndefined();
    });
  });

  it('says which indexes there are: bounds of pages are for the column that is sorted', async () => {
    const bytes = await parquetBytes(SCHEMA, [rowsOf(250)], { sortingColumns: ['ts'] });
    await reading(bytes, ({ rowGroups, leaves }) => {
      const columns = rowGroups.flatMap((group) => group.columns);
      const isIndexed = columns.map(({ hasOffsetIndex, hasColumnIndex }) => [hasOffsetIndex, hasColumnIndex]);
      expect(isIndexed.slice(0, 2)).toEqual([
        [true, true],
        [true, false],
      ]);
      expect(columns.some(({ hasBloomFilter }) => hasBloomFilter)).toBe(false);
      expect(leaves.map(({ nullable }) => nullable)).toEqual([false, true]);
      expect(rowGroups[1]?.columns[0]?.bounds).toEqual({ min: 100n, max: 199n });
    });
  });

  it('outlives the bytes it was read from', async () => {
    const bytes = await parquetBytes(SCHEMA, [rowsOf(10)]);
    const reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, USUAL_LIMITS);
    reader.close();
    expect(reader.leaves).toHaveLength(2);
    expect(reader.rowGroups[0]?.columns[0]?.bounds).toEqual({ min: 0n, max: 9n });
  });
});
