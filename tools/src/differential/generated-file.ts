import { anyFields } from '../peers/any-field.js';
import { between, chance, oneOf } from '../peers/choose.js';
import { anyColumnStyle, columnValues } from '../peers/column-values.js';
import { scalarsOf, type ColumnField } from '../peers/column-type.js';
import { leafElement } from '../peers/hyparquet-schema.js';
import { WRITERS, type WriterName } from '../peers/scalar-kinds.js';
import type { DuckDbWrite, GeneratedColumns } from '../peers/write-duckdb.js';
import type { HyparquetColumnWrite, HyparquetWrite } from '../peers/write-hyparquet.js';
import type { TicklakeRead } from '../peers/read-ticklake.js';
import { KERNEL_CHOICES } from '../peers/with-arena.js';
import type { TicklakeWrite } from '../peers/write-ticklake.js';
import { createRandom, type Random } from '../spool/random.js';

/** A file to be written: what is in it, by whom and how, and how our reader is to read it. */
export interface GeneratedFile extends GeneratedColumns {
  readonly index: number;
  readonly read: TicklakeRead;
  /** Whether its row groups are copied to another file, to be read as well. */
  readonly isCopied: boolean;
  readonly written:
    | { readonly by: 'duckdb'; readonly how: DuckDbWrite }
    | { readonly by: 'hyparquet-writer'; readonly how: HyparquetWrite }
    | { readonly by: 'ticklake'; readonly how: TicklakeWrite; readonly asDictionary: boolean };
}

/** Files that are not read in one request, some of them with chunks that are read in pieces. */
const LARGE_SHARE = 1 / 300;
const LARGE_ROWS = 80_000;
const COPIED_SHARE = 1 / 4;
/** Small ones let small files be read in many parts; most are read whole, as most files are. */
const WINDOW_BYTES = [undefined, undefined, undefined, undefined, 1, 100, 4096];
const BULKY = { distinct: 0, runMax: 1, nulls: 'few' } as const;

/** File `index` of the set that `seed` stands for. Equal arguments give equal files. */
export function generatedFile(seed: number, index: number): GeneratedFile {
  const random = createRandom(Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b));
  for (let i = 0; i < 4; i++) random.next();
  const writer = anyWriter(random);
  const fields = anyFields(random, writer);
  const isNested = fields.some(({ type }) => 'shape' in type);
  const isLarge = chance(random, LARGE_SHARE) && !isNested;
  const rowCount = isLarge ? LARGE_ROWS : Math.min(anyRowCount(random), isNested ? 400 : Infinity);
  const columns = fields.map((field) => {
    const style = anyColumnStyle(random, { nanPayloads: writer === 'ticklake' && !('shape' in field.type) });
    return columnValues(field, { style: isLarge ? { ...style, ...BULKY } : style, rowCount, random });
  });
  const written = anyWrite(random, writer, { fields, rowCount });
  return {
    index,
    fields,
    columns,
    rowCount,
    read: {
      rowsMax: oneOf(random, isLarge ? [5000, 100_000] : [1, 100, 1000, 10_000]),
      kernels: oneOf(random, KERNEL_CHOICES),
      windowBytes: oneOf(random, isLarge ? [undefined] : WINDOW_BYTES),
    },
    isCopied: chance(random, COPIED_SHARE),
    written,
  };
}

function anyWriter(random: Random): WriterName {
  const at = random.next();
  return at < 0.35 ? 'duckdb' : at < 0.75 ? 'hyparquet-writer' : (WRITERS[2] as WriterName);
}

/** Mostly few rows, which meet the ends of runs, groups and pages as well as many do. */
function anyRowCount(random: Random): number {
  const most = oneOf(random, [0, 1, 9, 33, 33, 129, 129, 129, 300, 300, 300, 600, 600, 1100, 2500, 5000]);
  return most <= 1 ? most : between(random, 2, most);
}

function anyWrite(
  random: Random,
  writer: WriterName,
  { fields, rowCount }: { fields: readonly ColumnField[]; rowCount: number },
): GeneratedFile['written'] {
  if (writer === 'duckdb') return { by: writer, how: duckDbWrite(random) };
  // Groups of a row or two cost every reader, so only short files have them.
  const rowGroupRows = between(random, Math.max(1, Math.ceil(rowCount / 20)), Math.max(20, rowCount));
  if (writer === 'hyparquet-writer') return { by: writer, how: hyparquetWrite(random, fields, rowGroupRows) };
  return {
    by: writer,
    how: ticklakeWrite(random, rowCount, rowGroupRows),
    asDictionary: chance(random, 0.3),
  };
}

function duckDbWrite(random: Random): DuckDbWrite {
  return {
    codec: oneOf(random, ['uncompressed', 'snappy', 'gzip', 'zstd', 'lz4_raw', 'brotli'] as const),
    version: oneOf(random, ['v1', 'v2'] as const),
    rowGroupRows: oneOf(random, [2048, 4096, 122_880]),
    dictionarySizeMax: oneOf(random, [0, 1, 10, 200, 100_000]),
    bloomFilter: chance(random, 0.5),
  };
}

const ENCODINGS = {
  BOOLEAN: ['PLAIN', 'RLE'],
  INT32: ['PLAIN', 'RLE_DICTIONARY', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'],
  INT64: ['PLAIN', 'RLE_DICTIONARY', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'],
  INT96: ['PLAIN', 'RLE_DICTIONARY'],
  FLOAT: ['PLAIN', 'RLE_DICTIONARY', 'BYTE_STREAM_SPLIT'],
  DOUBLE: ['PLAIN', 'RLE_DICTIONARY', 'BYTE_STREAM_SPLIT'],
  BYTE_ARRAY: ['PLAIN', 'RLE_DICTIONARY', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY'],
  FIXED_LEN_BYTE_ARRAY: ['PLAIN', 'RLE_DICTIONARY', 'BYTE_STREAM_SPLIT'],
} as const;

function hyparquetWrite(
  random: Random,
  fields: readonly ColumnField[],
  rowGroupRows: number,
): HyparquetWrite {
  const statistics = chance(random, 0.8);
  return {
    codec: oneOf(random, ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'LZ4_RAW', 'BROTLI'] as const),
    rowGroupRows,
    pageBytes: oneOf(random, rowGroupRows > 3000 ? [20_000, 1 << 20] : [64, 200, 1000, 4000, 1 << 20]),
    dictionaryBytesMax: oneOf(random, [undefined, 100, 10_000]),
    statistics,
    columns: fields.map((field) => hyparquetColumn(random, field, statistics)),
  };
}

/** One encoding is for all leaves of a column, so it must suit them all. */
function hyparquetColumn(random: Random, { type }: ColumnField, statistics: boolean): HyparquetColumnWrite {
  const [first, ...others] = scalarsOf(type).map(
    (scalar): readonly string[] => ENCODINGS[scalar.form === 'int96' ? 'INT96' : leafElement(scalar).type],
  );
  const common = (first ?? []).filter((encoding) => others.every((list) => list.includes(encoding)));
  const encoding = oneOf(random, [undefined, ...common]) as HyparquetColumnWrite['encoding'];
  return { encoding, columnIndex: statistics && chance(random, 0.3), bloomFilter: chance(random, 0.1) };
}

function ticklakeWrite(random: Random, rowCount: number, rowGroupRows: number): TicklakeWrite {
  return {
    options: {
      compression: oneOf(random, ['none', 'snappy', 'zstd'] as const),
      zstdLevel: oneOf(random, [1, 3, 9]),
      rowGroupRows,
      pageRows: oneOf(
        random,
        [1, 7, 64, 500, 20_000].filter((rows) => rows * 50 >= rowCount),
      ),
      dictionaryBytesMax: oneOf(random, [0, 50, 1000, 1 << 20]),
      sortingColumns: [],
      createdBy: 'ticklake differential',
    },
    batchRows: between(random, Math.max(1, Math.ceil(rowCount / 10)), Math.max(1, rowCount)),
    kernels: oneOf(random, KERNEL_CHOICES),
  };
}
