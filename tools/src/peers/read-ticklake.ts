import { valueAt, type Column, type DataType, type Field, type FixedValues } from '@ticklake/columnar';
import { toHex } from '@ticklake/core';
import type { KernelChoice } from '@ticklake/kernels';
import {
  openParquet,
  USUAL_LIMITS,
  type ParquetLimits,
  type ParquetReader,
  type RowGroupFacts,
} from '@ticklake/parquet';
import { fileSource } from '@ticklake/parquet/testing';
import { bitsText, numberText, unscaledOf } from './plain-value.js';
import { withArena } from './with-arena.js';

/** Columns of a file as a reader gives them: one text for each value, in file order. */
export type ColumnTexts = readonly (readonly string[])[];

/** What our reader makes of a file. */
export interface TicklakeFile {
  readonly fields: readonly Field[];
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly rowGroups: readonly RowGroupFacts[];
  readonly pageCount: number;
  readonly columns: ColumnTexts;
}

/** Limits that every generated file keeps. */
export const PARQUET_LIMITS: ParquetLimits = {
  ...USUAL_LIMITS,
  // A page of one long value over and over comes to 8,000 by brotli.
  expansionRatioMax: 100_000,
};
const NANOS = { ms: 1_000_000n, us: 1_000n, ns: 1n };

/** How a file is read. */
export interface TicklakeRead {
  /** Rows of a batch. */
  readonly rowsMax: number;
  readonly kernels: KernelChoice;
  /** Of a chunk at hand at once, however small the file is; left out: as the reader has it. */
  readonly windowBytes?: number | undefined;
}

/** Reads everything, as from a file. */
export function readTicklake(bytes: Uint8Array, how: TicklakeRead): Promise<TicklakeFile> {
  return withArena(how.kernels, async (arena) => {
    const inParts = how.windowBytes !== undefined && { wholeBytesMax: 0, windowBytes: how.windowBytes };
    const reader = await openParquet({ source: fileSource(bytes), arena, ...inParts }, PARQUET_LIMITS);
    try {
      return await readAll(reader, { rowsMax: how.rowsMax, sizeBytes: bytes.length });
    } finally {
      reader.close();
    }
  });
}

async function readAll(
  reader: ParquetReader,
  { rowsMax, sizeBytes }: { rowsMax: number; sizeBytes: number },
): Promise<TicklakeFile> {
  const { fields } = reader.schema;
  const columns: string[][] = fields.map(() => []);
  for await (const batch of reader.batches({ rowsMax })) {
    batch.columns.forEach((column, i) => {
      appendTexts(columns[i] as string[], {
        type: (fields[i] as Field).type,
        column,
        rowCount: batch.rowCount,
      });
    });
  }
  const { rowCount, rowGroups } = reader;
  return { fields, rowCount, sizeBytes, rowGroups, pageCount: reader.pages.read, columns };
}

function appendTexts(
  texts: string[],
  { type, column, rowCount }: { type: DataType; column: Column; rowCount: number },
): void {
  if (type.kind === 'float') return appendFloats(texts, column, type.bits);
  for (let row = 0; row < rowCount; row++) texts.push(valueText(type, valueAt(column, row)));
}

/** By their bits, which a NaN does not keep as a number. */
function appendFloats(texts: string[], column: Column, bits: 32 | 64): void {
  if (column.layout === 'fixed') {
    const { values, validity } = column;
    floatWords(values, bits).forEach((word, row) =>
      texts.push(validity?.[row] === 0 ? 'null' : bitsText(bits, word)),
    );
    return;
  }
  if (column.layout !== 'dictionary' || 'offsets' in column.dictionary)
    throw new Error('no column of floats');
  const entries = floatWords(column.dictionary, bits);
  const { codes, validity } = column;
  codes.forEach((code, row) =>
    texts.push(validity?.[row] === 0 ? 'null' : bitsText(bits, entries[code] as bigint | number)),
  );
}

function floatWords(
  { buffer, byteOffset, length }: FixedValues,
  bits: 32 | 64,
): readonly (bigint | number)[] {
  return bits === 64
    ? [...new BigUint64Array(buffer, byteOffset, length)]
    : [...new Uint32Array(buffer, byteOffset, length)];
}

function valueText(type: DataType, value: unknown): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'nested':
      return nestedText(type, value as readonly unknown[]);
    case 'bool':
      return value === 1 || value === true ? 'true' : 'false';
    case 'float':
      return numberText(type.bits, value as number);
    case 'decimal':
      return String(unscaledOf(value as Uint8Array));
    case 'utf8':
      return typeof value === 'string' ? Buffer.from(value).toString('hex') : toHex(value as Uint8Array);
    case 'bytes':
      return toHex(value as Uint8Array);
    case 'time':
    case 'timestamp':
      return String(BigInt(value as bigint | number) * NANOS[type.unit]);
    default:
      return String(value as bigint | number);
  }
}

function nestedText(type: Extract<DataType, { kind: 'nested' }>, value: readonly unknown[]): string {
  const { shape, children } = type;
  const text = (index: number, item: unknown) => valueText((children[index] as Field).type, item);
  if (shape === 'struct') return `{${value.map((item, i) => text(i, item)).join()}}`;
  if (shape === 'list') return `[${value.map((item) => text(0, item)).join()}]`;
  const entries = value.map((entry) => entry as readonly [unknown, unknown]);
  return `<${entries.map(([key, item]) => `${text(0, key)}:${text(1, item)}`).join()}>`;
}
