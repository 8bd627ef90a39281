import { valueAt, type DataType, type Field } from '@ticklake/columnar';
import { bytesSource, isLakeError, toHex } from '@ticklake/core';
import { openParquet, type ParquetReader, type ReaderTools } from '../read/open-parquet.js';
import { USUAL_LIMITS, type ParquetLimits } from '../read/parquet-limits.js';
import { fileSource } from '../testing/file-source.js';
import { ARENA } from './test-arena.js';

/** Every value of a file as comparable text, column by column. */
export interface AllValues {
  readonly rowCount: number;
  readonly fields: readonly Field[];
  readonly columns: readonly (readonly string[])[];
}

/** Reads everything, in batches of `rowsMax`. */
export async function readAll(bytes: Uint8Array, rowsMax = 1_000, limits = USUAL_LIMITS): Promise<AllValues> {
  const reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, limits);
  const { fields } = reader.schema;
  const columns: string[][] = fields.map(() => []);
  let rowCount = 0;
  for await (const batch of reader.batches({ rowsMax })) {
    rowCount += batch.rowCount;
    batch.columns.forEach((column, i) => {
      const { type } = fields[i] as Field;
      for (let row = 0; row < batch.rowCount; row++) columns[i]?.push(valueText(type, valueAt(column, row)));
    });
  }
  return { rowCount, fields, columns };
}

/** Ways in which the bytes of a file come to a reader: at hand, read at once, and in windows that hardly hold a page header. */
const WAYS: readonly ((bytes: Uint8Array) => Omit<ReaderTools, 'arena'>)[] = [
  (bytes) => ({ source: bytesSource(bytes) }),
  (bytes) => ({ source: fileSource(bytes) }),
  (bytes) => ({ source: fileSource(bytes), wholeBytesMax: 0, windowBytes: 64 }),
];

/**
 * What reading everything ends in: `rows=N`, or the code of the error, whichever way the bytes come. Anything but a LakeError is
 * thrown.
 */
export async function outcome(bytes: Uint8Array, limits: ParquetLimits = USUAL_LIMITS): Promise<string> {
  const ends = new Set<string>();
  for (const way of WAYS) ends.add(await endOf(way(bytes), limits));
  return [...ends].join(', or ');
}

async function endOf(tools: Omit<ReaderTools, 'arena'>, limits: ParquetLimits): Promise<string> {
  const usedBytes = ARENA.usedBytes;
  let reader: ParquetReader | undefined;
  try {
    reader = await openParquet({ ...tools, arena: ARENA }, limits);
    let rowCount = 0;
    for await (const batch of reader.batches({ rowsMax: 100_000 })) rowCount += batch.rowCount;
    return `rows=${rowCount}`;
  } catch (error) {
    if (isLakeError(error, 'corrupt') && error.code !== undefined) return error.code;
    throw error;
  } finally {
    reader?.close();
    // Whatever the file did, nothing of the arena stays taken.
    expect(ARENA.usedBytes).toBe(usedBytes);
  }
}

const NANOS = { ms: 1_000_000n, us: 1_000n, ns: 1n };

/** One value as text; timestamps and times in nanoseconds, whatever their unit, since DuckDB changes it. */
export function valueText(type: DataType, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (type.kind === 'timestamp' || type.kind === 'time') {
    return String(BigInt(value as bigint | number) * NANOS[type.unit]);
  }
  if (type.kind === 'bool') return value === 1 || value === true ? 'true' : 'false';
  if (type.kind === 'float') return numberText(value as number);
  if (type.kind === 'decimal') return String(decimalOf(value as Uint8Array));
  if (type.kind === 'nested') return nestedText(type, value as unknown[]);
  if (value instanceof Uint8Array) return toHex(value);
  return type.kind === 'utf8' ? toHex(Buffer.from(value as string)) : String(value as bigint | number);
}

/** Keeps the sign of zero. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function nestedText(type: Extract<DataType, { kind: 'nested' }>, value: readonly unknown[]): string {
  const { shape, children } = type;
  const child = (index: number) => (children[index] as Field).type;
  if (shape === 'struct') return `{${value.map((item, i) => valueText(child(i), item)).join()}}`;
  if (shape === 'list') return `[${value.map((item) => valueText(child(0), item)).join()}]`;
  return `<${value
    .map((entry) => entry as readonly [unknown, unknown])
    .map(([key, item]) => `${valueText(child(0), key)}:${valueText(child(1), item)}`)
    .join()}>`;
}

function decimalOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${toHex(bytes)}`));
}
