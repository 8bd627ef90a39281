import { unreachable } from '@ticklake/core';
import { compress as zstdCompress } from '@cloudpss/zstd/wasm';
import type { DecodedArray, Encoding } from 'hyparquet';
import { ByteWriter, ParquetWriter, type ColumnSource } from 'hyparquet-writer';
import { compressSync as lz4Compress } from 'lz4-napi';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { ColumnField, ColumnType, ScalarType } from './column-type.js';
import { leafElement, schemaElements } from './hyparquet-schema.js';
import { floatOf, type PlainValue } from './plain-value.js';
import type { GeneratedColumns } from './write-duckdb.js';

/** How hyparquet-writer is asked to write a file. */
export interface HyparquetWrite {
  readonly codec: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'ZSTD' | 'LZ4_RAW' | 'BROTLI';
  readonly rowGroupRows: number;
  readonly pageBytes: number;
  readonly dictionaryBytesMax: number | undefined;
  readonly statistics: boolean;
  readonly columns: readonly HyparquetColumnWrite[];
}

/** How it is asked to write one column; without an encoding it chooses one itself. */
export interface HyparquetColumnWrite {
  readonly encoding: Encoding | undefined;
  readonly columnIndex: boolean;
  readonly bloomFilter: boolean;
}

/** The file that hyparquet-writer makes. */
export async function writeHyparquet(
  { fields, columns, rowCount }: GeneratedColumns,
  write: HyparquetWrite,
): Promise<Uint8Array> {
  const schema = [{ name: 'root', num_children: fields.length }, ...fields.flatMap(schemaElements)];
  const writer = new ByteWriter();
  const { codec, statistics } = write;
  const file = new ParquetWriter({
    writer,
    schema,
    codec,
    compressors: COMPRESSORS,
    statistics,
  });
  const columnData = fields.map(({ name, type }, i): ColumnSource => {
    const { encoding, columnIndex, bloomFilter } = write.columns[i] as HyparquetColumnWrite;
    const data = (columns[i] ?? []).map((value) => givenValue(type, value)) as DecodedArray;
    return { name, data, columnIndex, bloomFilter, ...(encoding === undefined ? {} : { encoding }) };
  });
  if (rowCount > 0) {
    const { rowGroupRows: rowGroupSize, pageBytes: pageSize, dictionaryBytesMax } = write;
    const dictionary = dictionaryBytesMax === undefined ? {} : { dictionarySize: dictionaryBytesMax };
    await file.write({ columnData, rowGroupSize, pageSize, ...dictionary });
  }
  nameInt96(file, fields);
  await file.finish();
  return new Uint8Array(writer.getBytes());
}

/**
 * The writer has no INT96. Fixed bytes of twelve have the same encodings bit by bit, so the columns are written as such
 * and called INT96 in the footer.
 */
function nameInt96({ schema, row_groups }: ParquetWriter, fields: readonly ColumnField[]): void {
  for (const { name, type } of fields) {
    if ('shape' in type || type.form !== 'int96') continue;
    const element = schema.find((one) => one.name === name);
    if (element === undefined) throw new Error('a column without an element');
    element.type = 'INT96';
    delete element.type_length;
    for (const { columns } of row_groups) {
      const meta = columns.find((chunk) => chunk.meta_data?.path_in_schema[0] === name)?.meta_data;
      if (meta === undefined) throw new Error('a column without a chunk');
      meta.type = 'INT96';
      delete meta.statistics;
    }
  }
}

type Compressors = NonNullable<ConstructorParameters<typeof ParquetWriter>[0]['compressors']>;

/** The native binding frames a block with its size, four bytes; parquet's LZ4_RAW has no frame. */
const LZ4_PREFIX_BYTES = 4;

/** What it compresses with beside the snappy of its own. */
const COMPRESSORS: Compressors = {
  GZIP: (bytes) => gzipSync(bytes),
  ZSTD: (bytes) => zstdCompress(bytes, 1),
  LZ4_RAW: (bytes) => lz4Compress(Buffer.from(bytes)).subarray(LZ4_PREFIX_BYTES),
  BROTLI: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
};

/** A value as hyparquet-writer takes it. */
function givenValue(type: ColumnType, value: PlainValue): unknown {
  if (value === null) return null;
  if (!('shape' in type)) return givenScalar(type, value);
  const items = value as readonly PlainValue[];
  const child = (index: number, item: PlainValue) =>
    givenValue(type.children[index]?.type as ColumnType, item);
  switch (type.shape) {
    case 'struct':
      return Object.fromEntries(type.children.map(({ name }, i) => [name, child(i, items[i] ?? null)]));
    case 'list':
      return items.map((item) => child(0, item));
    case 'map':
      return items.map((entry) => (entry as readonly PlainValue[]).map((item, i) => child(i, item)));
    default:
      return unreachable(type.shape);
  }
}

function givenScalar(type: ScalarType, value: Exclude<PlainValue, null>): unknown {
  const { data, form } = type;
  if (data.kind === 'float') return floatOf(data.bits, value as bigint);
  if (form === 'json') return JSON.parse(Buffer.from(value as Uint8Array).toString('utf8'));
  if (form === 'float16') return halfNumber(value as Uint8Array);
  if (form === 'int96') return int96Bytes(value as bigint);
  if (data.kind === 'utf8' && form === 'usual') return Buffer.from(value as Uint8Array).toString('utf8');
  if (typeof value !== 'bigint' || data.kind === 'decimal') return value;
  return leafElement(type).type === 'INT32' ? Number(value) : value;
}

/** The number that a half has; exact, so the writer makes the same half of it. */
export function halfNumber(bytes: Uint8Array): number {
  const half = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  const sign = half >> 15 === 0 ? 1 : -1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

const DAY_NANOS = 86_400_000_000_000n;
const JULIAN_1970 = 2_440_588n;

/** Nanoseconds of the day in eight bytes and the Julian day in four. */
function int96Bytes(nanos: bigint): Uint8Array {
  const ofDay = ((nanos % DAY_NANOS) + DAY_NANOS) % DAY_NANOS;
  const view = new DataView(new ArrayBuffer(12));
  view.setBigInt64(0, ofDay, true);
  view.setInt32(8, Number((nanos - ofDay) / DAY_NANOS + JULIAN_1970), true);
  return new Uint8Array(view.buffer);
}
