import {
  parquetMetadata,
  parquetReadObjects,
  readColumnIndex,
  readOffsetIndex,
  type FileMetaData,
} from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { crc32 } from 'node:zlib';

/** A page as another library's thrift reader sees it. */
export interface FoundPage {
  readonly type: number;
  readonly encoding: number;
  readonly offset: number;
  /** With the header. */
  readonly sizeBytes: number;
  readonly uncompressedSizeBytes: number;
  readonly valueCount: number;
  readonly crc: number | undefined;
  readonly body: Uint8Array;
}

const DICTIONARY = 2;
const ENCODINGS = ['PLAIN', 'GROUP_VAR_INT', 'PLAIN_DICTIONARY', 'RLE', 'BIT_PACKED', 'DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY', 'RLE_DICTIONARY', 'BYTE_STREAM_SPLIT']; // prettier-ignore
const PAGE_TYPES = ['DATA_PAGE', 'INDEX_PAGE', 'DICTIONARY_PAGE', 'DATA_PAGE_V2'];

/** The bytes as other libraries take them. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}

/** All pages of a chunk, by the footer's offsets and sizes. */
export function pagesOf(bytes: Uint8Array, rowGroup: number, column: number): readonly FoundPage[] {
  const buffer = bufferOf(bytes);
  const chunk = parquetMetadata(buffer).row_groups[rowGroup]!.columns[column]!.meta_data!;
  const pages: FoundPage[] = [];
  const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
  const end = start + Number(chunk.total_compressed_size);
  for (let offset = start; offset < end; ) {
    const reader = { view: new DataView(buffer), offset };
    const header = deserializeTCompactProtocol(reader);
    const [type, uncompressed, stored, crc] = [1, 2, 3, 4].map((id) => header[`field_${id}`] as number);
    const bodyEnd = reader.offset + stored!;
    const kind = (header['field_5'] ?? header['field_7'] ?? header['field_8']) as Record<string, number>;
    pages.push({
      type: type!,
      encoding: kind[type === 3 ? 'field_4' : 'field_2']!,
      offset,
      sizeBytes: bodyEnd - offset,
      uncompressedSizeBytes: reader.offset - offset + uncompressed!,
      valueCount: kind['field_1']!,
      crc,
      body: bytes.slice(reader.offset, bodyEnd),
    });
    offset = bodyEnd;
  }
  return pages;
}

/** Rows of a file as another library reads them; not of zstd. */
export function rowsOf(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: bufferOf(bytes) });
}

/**
 * Holds every number of the footer and of the page indexes to the pages that are really there, and every bound and null count to
 * `rows`, where they are given.
 */
export function expectLayout(
  bytes: Uint8Array,
  {
    rows,
    sortingColumns = [],
  }: { readonly rows?: readonly Record<string, unknown>[]; readonly sortingColumns?: readonly number[] },
): void {
  const metadata = parquetMetadata(bufferOf(bytes));
  let offset = 4;
  let rowStart = 0;
  for (const [rowGroup, group] of metadata.row_groups.entries()) {
    const groupStart = offset;
    const rowCount = Number(group.num_rows);
    const ofGroup = rows?.slice(rowStart, rowStart + rowCount);
    let uncompressed = 0;
    for (const column of group.columns.keys()) {
      const pages = pagesOf(bytes, rowGroup, column);
      expectChunk(metadata, { rowGroup, column, pages, offset });
      expectIndexes(bytes, metadata, { rowGroup, column, pages, rows: ofGroup });
      offset += sumOf(pages, 'sizeBytes');
      uncompressed += sumOf(pages, 'uncompressedSizeBytes');
    }
    expect(Number(group.total_byte_size)).toBe(uncompressed);
    expect(Number(group.total_compressed_size)).toBe(offset - groupStart);
    expect(Number(group.file_offset)).toBe(groupStart);
    expect(group.sorting_columns ?? []).toEqual(
      sortingColumns.map((one) => ({ column_idx: one, descending: false, nulls_first: false })),
    );
    rowStart += rowCount;
  }
  expect(Number(metadata.num_rows)).toBe(rowStart);
  if (rows !== undefined) expect(rows.length).toBe(rowStart);
}

interface ChunkPlace {
  readonly rowGroup: number;
  readonly column: number;
  readonly pages: readonly FoundPage[];
}

function expectChunk(
  { row_groups }: FileMetaData,
  { rowGroup, column, pages, offset }: ChunkPlace & { readonly offset: number },
): void {
  const group = row_groups[rowGroup]!;
  const chunk = group.columns[column]!.meta_data!;
  const data = pages.filter(({ type }) => type !== DICTIONARY);
  const hasDictionary = pages[0]?.type === DICTIONARY;
  expect(pages.length - data.length).toBe(hasDictionary ? 1 : 0);
  expect({
    dictionary: chunk.dictionary_page_offset,
    data: chunk.data_page_offset,
    sizeBytes: chunk.total_compressed_size,
    uncompressed: chunk.total_uncompressed_size,
    values: chunk.num_values,
  }).toEqual({
    dictionary: hasDictionary ? BigInt(offset) : undefined,
    data: BigInt(data[0]!.offset),
    sizeBytes: BigInt(sumOf(pages, 'sizeBytes')),
    uncompressed: BigInt(sumOf(pages, 'uncompressedSizeBytes')),
    values: BigInt(sumOf(data, 'valueCount')),
  });
  if (chunk.path_in_schema.length === 1) expect(chunk.num_values).toBe(group.num_rows);
  const kinds = new Map<string, number>();
  for (const { type, encoding, crc, body, valueCount } of pages) {
    const kind = `${PAGE_TYPES[type]} ${ENCODINGS[encoding]}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    expect(chunk.encodings).toContain(ENCODINGS[encoding]);
    expect(crc).toBe(crc32(body) | 0);
    if (type !== DICTIONARY) expect(valueCount).toBeGreaterThan(0);
  }
  const stated = chunk.encoding_stats?.map((one) => [`${one.page_type} ${one.encoding}`, one.count]);
  expect(new Map(stated as [string, number][])).toEqual(kinds);
}

function expectIndexes(
  bytes: Uint8Array,
  { row_groups, schema }: FileMetaData,
  {
    rowGroup,
    column,
    pages,
    rows,
  }: ChunkPlace & { readonly rows: readonly Record<string, unknown>[] | undefined },
): void {
  const place = row_groups[rowGroup]!.columns[column]!;
  const readerAt = (offset: bigint | undefined) => ({
    view: new DataView(bufferOf(bytes)),
    offset: Number(offset),
  });
  const { statistics, path_in_schema } = place.meta_data!;
  // What stands in a page of a nested column is not a row each.
  if (path_in_schema.length > 1) return;
  let rowStart = 0;
  const data = pages.filter(({ type }) => type !== DICTIONARY);
  const located = data.map(({ offset, sizeBytes, valueCount }) => {
    const first = rowStart;
    rowStart += valueCount;
    return { offset: BigInt(offset), compressed_page_size: sizeBytes, first_row_index: BigInt(first) };
  });
  expect(readOffsetIndex(readerAt(place.offset_index_offset)).page_locations).toEqual(located);
  if (rows === undefined) return;
  const values = rows.map((row) => row[path_in_schema[0]!]);
  expect(statistics).toMatchObject({ null_count: BigInt(nullsIn(values)) });
  const bounds = boundsOf(values);
  if (bounds !== undefined) expectBounds([statistics?.min_value, statistics?.max_value], bounds);
  if (place.column_index_offset === undefined) return;
  const index = readColumnIndex(readerAt(place.column_index_offset), schema[column + 1]!);
  const ofPages = located.map(({ first_row_index }, i) =>
    values.slice(Number(first_row_index), Number(first_row_index) + data[i]!.valueCount),
  );
  expect(index.null_counts).toEqual(ofPages.map((one) => BigInt(nullsIn(one))));
  expect(index.null_pages).toEqual(ofPages.map((one) => nullsIn(one) === one.length));
  ofPages.forEach((one, i) => {
    const pageBounds = boundsOf(one);
    if (pageBounds !== undefined) expectBounds([index.min_values[i], index.max_values[i]], pageBounds);
  });
}

/** The sign of a zero is none of the value's: a least zero of floats is stored as -0. */
function expectBounds(found: readonly unknown[], expected: readonly unknown[]): void {
  const unsigned = (value: unknown) => (value === 0 ? 0 : value);
  expect(found.map(unsigned)).toEqual(expected.map(unsigned));
}

function nullsIn(values: readonly unknown[]): number {
  return values.filter((value) => value === null || value === undefined).length;
}

/** The least and the greatest of values that can be compared as they are. */
function boundsOf(values: readonly unknown[]): [unknown, unknown] | undefined {
  const comparable = values.filter(
    (value) =>
      (typeof value === 'number' && !Number.isNaN(value)) ||
      ['bigint', 'string', 'boolean'].includes(typeof value) ||
      value instanceof Date,
  ) as (number | bigint)[];
  if (comparable.length === 0) return undefined;
  const sorted = comparable.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return [sorted[0], sorted.at(-1)];
}

function sumOf(
  pages: readonly FoundPage[],
  what: 'sizeBytes' | 'uncompressedSizeBytes' | 'valueCount',
): number {
  return pages.reduce((sum, page) => sum + page[what], 0);
}
