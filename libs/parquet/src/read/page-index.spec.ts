import type { DataType, RecordBatch } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import fc from 'fast-check';
import { parquetMetadata, readColumnIndex, readOffsetIndex } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { PHYSICAL } from '../format/constants.js';
import type { ChunkMeta, Statistics } from '../format/metadata.js';
import { bufferOf } from '../spec-support/page-layout.js';
import { ARENA } from '../spec-support/test-arena.js';
import { fileSource } from '../testing/file-source.js';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import { encodeThrift } from '../write/thrift-writer.js';
import { openParquet } from './open-parquet.js';
import { readPageBounds, readPageLocations, type PageLocation } from './page-index.js';
import { USUAL_LIMITS } from './parquet-limits.js';

const INT64: DataType = { kind: 'int', bits: 64, signed: true };

afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** What our reader and another find in the indexes of column `name` of the first row group. */
async function bothIndexes(bytes: Uint8Array, name: string) {
  const reader = await openParquet({ source: fileSource(bytes), arena: ARENA }, USUAL_LIMITS);
  const place = { name, rowGroup: 0 };
  const pages = (await reader.pageLocations(place)) ?? [];
  const bounds = await reader.pageBounds(place, pages);
  reader.close();
  const { row_groups, schema } = parquetMetadata(bufferOf(bytes));
  const index = row_groups[0]!.columns.findIndex((one) => one.meta_data?.path_in_schema[0] === name);
  const chunk = row_groups[0]!.columns[index]!;
  const at = (offset: bigint | undefined) => ({
    view: new DataView(bufferOf(bytes)),
    offset: Number(offset),
  });
  return {
    pages,
    bounds,
    otherPages: readOffsetIndex(at(chunk.offset_index_offset)).page_locations,
    otherBounds: readColumnIndex(at(chunk.column_index_offset), schema[index + 1]!),
  };
}

function expectSame({ pages, bounds, otherPages, otherBounds }: Awaited<ReturnType<typeof bothIndexes>>) {
  expect(
    pages.map(({ offset, sizeBytes, rowStart }) => ({
      offset: BigInt(offset),
      compressed_page_size: sizeBytes,
      first_row_index: BigInt(rowStart),
    })),
  ).toEqual(otherPages);
  expect(bounds?.map(({ isNull }) => isNull)).toEqual(otherBounds.null_pages);
  bounds?.forEach(({ isNull, bounds: found, min, max }, i) => {
    if (isNull) expect([found, min, max]).toEqual([undefined, undefined, undefined]);
    else if (found === undefined) {
      const other = [otherBounds.min_values[i], otherBounds.max_values[i]];
      expect([min, max].map((one) => Buffer.from(one!).toString())).toEqual(other);
    } else expect([found.min, found.max]).toEqual([otherBounds.min_values[i], otherBounds.max_values[i]]);
  });
}

describe('page indexes', () => {
  it('are what another reader finds in them, in files of our own', async () => {
    const value = fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 80 }), async (values) => {
        const validity = Uint8Array.from(values, (one) => (one === null ? 0 : 1));
        const column = {
          layout: 'fixed' as const,
          values: BigInt64Array.from(values, (one) => one ?? 0n),
          validity,
        };
        const schema = { fields: [{ name: 'a', type: INT64, nullable: true }] };
        const batch: RecordBatch = { schema, rowCount: values.length, columns: [column] };
        const bytes = await parquetBytes(schema, [batch], { pageRows: 3 });
        const found = await bothIndexes(bytes, 'a');
        expect(found.pages.length).toBe(Math.ceil(values.length / 3));
        expectSame(found);
      }),
      { numRuns: 100 },
    );
  });

  it('are what another writer has put into them', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => i);
    const indexed = { columnIndex: true, offsetIndex: true };
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        pageSize: 256,
        columnData: [
          { name: 'number', type: 'INT32', data: rows.map((i) => (i * 7) % 100), ...indexed },
          {
            name: 'text',
            type: 'STRING',
            data: rows.map((i) => (i % 5 === 0 ? null : `t${i % 40}`)),
            ...indexed,
          },
        ],
      }),
    );
    for (const name of ['number', 'text']) {
      const found = await bothIndexes(bytes, name);
      expect(found.pages.length).toBeGreaterThan(1);
      expectSame(found);
    }
  });

  it('are not there for nested columns, nor where the file has none', async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: 'a', type: 'INT32', data: [1, 2] }] }),
    );
    const reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, USUAL_LIMITS);
    expect(await reader.pageLocations({ name: 'a', rowGroup: 0 })).toBeUndefined();
    await expect(reader.pageLocations({ name: 'b', rowGroup: 0 })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(reader.pageLocations({ name: 'a', rowGroup: 1 })).rejects.toMatchObject({ kind: 'invalid' });
    reader.close();
  });
});

/** A chunk of 30 rows in bytes 4 … 64, of three pages, and a file that has just these indexes of it. */
const GOOD = [
  { offset: 4, sizeBytes: 20, rowStart: 0 },
  { offset: 24, sizeBytes: 20, rowStart: 10 },
  { offset: 44, sizeBytes: 20, rowStart: 20 },
];
const PAGES: readonly PageLocation[] = GOOD.map((page) => ({ ...page, rowCount: 10 }));
const INDEX_AT = 100;

function forged(index: Uint8Array, kind: 'offset index' | 'column index', statistics?: Partial<Statistics>) {
  const bytes = new Uint8Array(INDEX_AT + index.length);
  bytes.set(index, INDEX_AT);
  const context = {
    file: { source: fileSource(bytes), whole: undefined, windowBytes: 64 },
    arena: ARENA,
    limits: { ...USUAL_LIMITS, thriftNodesMax: 100, footerBytesMax: 500 },
    counts: { read: 0, withCrc: 0 },
    codecs: new Map(),
  };
  const chunk = {
    ...{ path: ['a'], valueCount: 30, sizeBytes: 60, dataPageOffset: 4, physical: PHYSICAL.INT64 },
    attachment: () => ({ kind, offset: INDEX_AT, sizeBytes: index.length }),
    statistics,
  } as unknown as ChunkMeta;
  const leaf = {
    ...{ path: ['a'], physical: PHYSICAL.INT64, typeLength: 0, type: INT64 },
    ...{ definitionMax: 1, repetitionMax: 0 },
  };
  return { context, chunk: { chunk, leaf, rowGroup: 0, rowCount: 30 } };
}

function offsetIndex(pages: readonly { offset: number; sizeBytes: number; rowStart: number }[]): Uint8Array {
  return encodeThrift((writer) => {
    writer.list(1, 'struct', pages.length, (i) => {
      writer.i64(1, pages[i]!.offset);
      writer.i32(2, pages[i]!.sizeBytes);
      writer.i64(3, pages[i]!.rowStart);
    });
  });
}

const changed = (page: number, change: Partial<(typeof GOOD)[number]>) =>
  GOOD.map((one, i) => (i === page ? { ...one, ...change } : one));

describe('an offset index', () => {
  it('that is right is taken', async () => {
    const { context, chunk } = forged(offsetIndex(GOOD), 'offset index');
    expect(await readPageLocations(context, chunk)).toEqual(PAGES);
  });

  it.each<[string, (typeof GOOD)[number][]]>([
    ['bytes between pages', changed(1, { sizeBytes: 19 })],
    ['bytes behind the last', changed(2, { sizeBytes: 19 })],
    ['no page at all', []],
  ])('that leaves out bytes is not used: %s', async (_, pages) => {
    const { context, chunk } = forged(offsetIndex(pages), 'offset index');
    expect(await readPageLocations(context, chunk)).toBeUndefined();
  });

  it.each<[string, (typeof GOOD)[number][], string]>([
    ['a page before its chunk', changed(0, { offset: 3 }), 'METADATA'],
    ['a page beyond its chunk', changed(2, { sizeBytes: 21 }), 'METADATA'],
    ['a page far beyond the file', changed(2, { offset: 2 ** 50 }), 'METADATA'],
    ['pages that overlap', changed(0, { sizeBytes: 21 }), 'METADATA'],
    ['pages out of order', [GOOD[1]!, GOOD[0]!, GOOD[2]!], 'METADATA'],
    ['an empty page', changed(0, { sizeBytes: 0 }), 'METADATA'],
    ['a first row that is not the first', changed(0, { rowStart: 1 }), 'METADATA'],
    ['rows that go backwards', changed(2, { rowStart: 9 }), 'METADATA'],
    ['rows beyond the row group', changed(2, { rowStart: 31 }), 'METADATA'],
    ['too many pages', Array.from({ length: 40 }, () => GOOD[0]!), 'LIMIT'],
  ])('that lies is refused: %s', async (_, pages, code) => {
    const { context, chunk } = forged(offsetIndex(pages), 'offset index');
    const failure = { kind: 'corrupt', code, details: { column: 'a', rowGroup: 0 } };
    await expect(readPageLocations(context, chunk)).rejects.toMatchObject(failure);
  });

  it.each([
    ['cut', offsetIndex(GOOD).slice(0, 9), 'THRIFT_ERROR'],
    ['of nothing', Uint8Array.of(0), 'THRIFT_ERROR'],
    ['too long', new Uint8Array(501), 'LIMIT'],
    ['empty', new Uint8Array(0), 'METADATA'],
  ])('that is none is refused: %s', async (_, bytes, code) => {
    const { context, chunk } = forged(bytes, 'offset index');
    await expect(readPageLocations(context, chunk)).rejects.toMatchObject({ kind: 'corrupt', code });
  });

  it('beyond the file is refused', async () => {
    const { context, chunk } = forged(offsetIndex(GOOD), 'offset index');
    const sizeBytes = offsetIndex(GOOD).length;
    const attachment = () => ({ kind: 'offset index', offset: INDEX_AT + 1, sizeBytes }) as const;
    const beyond = { ...chunk, chunk: { ...chunk.chunk, attachment } };
    await expect(readPageLocations(context, beyond)).rejects.toMatchObject({ code: 'METADATA' });
  });
});

interface Pages {
  readonly nulls: readonly boolean[];
  readonly mins: readonly bigint[];
  readonly maxes: readonly bigint[];
  readonly counts?: readonly number[];
}

const word = (value: bigint) => new Uint8Array(BigInt64Array.of(value).buffer);

function columnIndex({ nulls, mins, maxes, counts }: Pages): Uint8Array {
  return encodeThrift((writer) => {
    writer.list(1, 'bool', nulls.length, (i) => writer.element.bool(nulls[i]!));
    writer.list(2, 'binary', mins.length, (i) =>
      writer.element.binary(nulls[i] ? new Uint8Array(0) : word(mins[i]!)),
    );
    writer.list(3, 'binary', maxes.length, (i) =>
      writer.element.binary(nulls[i] ? new Uint8Array(0) : word(maxes[i]!)),
    );
    writer.i32(4, 0);
    if (counts !== undefined) writer.list(5, 'i64', counts.length, (i) => writer.element.integer(counts[i]!));
  });
}

const FAIR: Pages = {
  nulls: [false, true, false],
  mins: [1n, 0n, 5n],
  maxes: [4n, 0n, 9n],
  counts: [2, 10, 0],
};

describe('a column index', () => {
  it('that is right is taken', async () => {
    const stated = { nullCount: 12, minValue: word(1n), maxValue: word(9n), minExact: true, maxExact: true };
    const { context, chunk } = forged(columnIndex(FAIR), 'column index', stated);
    const none = { isNull: true, bounds: undefined, min: undefined, max: undefined };
    expect(await readPageBounds(context, chunk, PAGES)).toEqual([
      { isNull: false, bounds: { min: 1n, max: 4n }, min: word(1n), max: word(4n) },
      none,
      { isNull: false, bounds: { min: 5n, max: 9n }, min: word(5n), max: word(9n) },
    ]);
  });

  it.each<[string, Pages, Partial<Statistics> | undefined, string]>([
    ['a page too few', { ...FAIR, nulls: [false, true] }, undefined, 'METADATA'],
    ['a bound too few', { ...FAIR, mins: [1n, 0n] }, undefined, 'METADATA'],
    ['a bound too many', { ...FAIR, maxes: [4n, 0n, 9n, 9n] }, undefined, 'METADATA'],
    ['a count too few', { ...FAIR, counts: [2, 10] }, undefined, 'METADATA'],
    ['bounds the wrong way round', { ...FAIR, mins: [5n, 0n, 5n] }, undefined, 'METADATA'],
    ['more nulls than rows', { ...FAIR, counts: [11, 10, 0] }, undefined, 'METADATA'],
    ['fewer nulls than none', { ...FAIR, counts: [-1, 10, 0] }, undefined, 'METADATA'],
    ['values in a page of nulls', { ...FAIR, counts: [2, 9, 0] }, undefined, 'METADATA'],
    ['other nulls than the footer', FAIR, { nullCount: 11 }, 'STATS_MISMATCH'],
    [
      'no page for the greatest value',
      { ...FAIR, maxes: [4n, 0n, 8n] },
      { minValue: word(1n), maxValue: word(9n), maxExact: true },
      'STATS_MISMATCH',
    ],
    [
      'no page for the least value',
      { ...FAIR, mins: [2n, 0n, 5n] },
      { minValue: word(1n), maxValue: word(9n), minExact: true },
      'STATS_MISMATCH',
    ],
  ])('that lies is refused: %s', async (_, pages, statistics, code) => {
    const { context, chunk } = forged(columnIndex(pages), 'column index', statistics);
    const failure = { kind: 'corrupt', code, details: { column: 'a', rowGroup: 0 } };
    await expect(readPageBounds(context, chunk, PAGES)).rejects.toMatchObject(failure);
  });

  it('may be wider than the footer, and may leave out counts', async () => {
    const stated = { nullCount: 12, minValue: word(2n), maxValue: word(8n), minExact: true, maxExact: true };
    const { counts: _, ...countless } = FAIR;
    const { context, chunk } = forged(columnIndex(countless), 'column index', stated);
    expect(await readPageBounds(context, chunk, PAGES)).toHaveLength(3);
  });

  it('that lacks a list is refused', async () => {
    const { context, chunk } = forged(offsetIndex(GOOD), 'column index');
    await expect(readPageBounds(context, chunk, PAGES)).rejects.toMatchObject({ code: 'THRIFT_ERROR' });
  });
});
