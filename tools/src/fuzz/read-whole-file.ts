import { columnLength, typeText, type Field, type RecordBatch } from '@ticklake/columnar';
import { openParquet, USUAL_LIMITS, type ParquetReader } from '@ticklake/parquet';
import { fileSource } from '@ticklake/parquet/testing';
import { crc32 } from 'node:zlib';
import { createColumnDigest } from './column-digest.js';
import { ARENA } from './fuzz-arena.js';

/** All there is to know of a file's values: equal files have equal text in every field. */
export interface WholeFile {
  readonly rowCount: number;
  /** Names, types and nullability of the columns. */
  readonly schema: string;
  /** A digest of each column's values. */
  readonly columns: readonly string[];
}

/** What reading came to. A failure is of the footer, or from the first page on. */
export type Reading = (
  | { readonly kind: 'values'; readonly file: WholeFile }
  | { readonly kind: 'failure'; readonly stage: 'footer' | 'pages'; readonly error: unknown }
) & {
  /** Bytes of the arena that were not given back, with everything closed. */
  readonly leakedBytes: number;
};

/** Less than a page of most base files, more than a page of others. */
const BATCH_ROWS = 1_000;

/** Decodes every column of every row group to the end. Never fails: what was thrown is in the answer. */
export async function readWholeFile(bytes: Uint8Array): Promise<Reading> {
  const usedBytes = ARENA.usedBytes;
  let stage: 'footer' | 'pages' = 'footer';
  try {
    const file = await withReader(bytes, (reader) => {
      stage = 'pages';
      return readColumns(reader);
    });
    return { kind: 'values', file, leakedBytes: ARENA.usedBytes - usedBytes };
  } catch (error) {
    return { kind: 'failure', stage, error, leakedBytes: ARENA.usedBytes - usedBytes };
  }
}

/** The rows of a good file, to be written again by our own sink. */
export function readRows(bytes: Uint8Array): Promise<RecordBatch[]> {
  return withReader(bytes, async (reader) => {
    const batches: RecordBatch[] = [];
    for await (const batch of reader.batches({ rowsMax: BATCH_ROWS })) batches.push(batch);
    return batches;
  });
}

/** Smaller than most pages. */
const WINDOW_BYTES = 4096;

/**
 * Runs `work` on an open file and closes it, whatever comes of it. The only place where the fuzzer opens one: half of all files, by
 * their checksums, in windows, the others as the reader would have them.
 */
export async function withReader<T>(
  bytes: Uint8Array,
  work: (reader: ParquetReader) => Promise<T>,
): Promise<T> {
  const windows = crc32(bytes) % 2 === 0 ? {} : { wholeBytesMax: 0, windowBytes: WINDOW_BYTES };
  const reader = await openParquet({ source: fileSource(bytes), arena: ARENA, ...windows }, USUAL_LIMITS);
  try {
    return await work(reader);
  } finally {
    reader.close();
  }
}

/** Fields as text. */
export function schemaText(fields: readonly Field[]): string {
  return JSON.stringify(fields.map(({ name, type, nullable }) => [name, typeText(type), nullable]));
}

async function readColumns(reader: ParquetReader): Promise<WholeFile> {
  const { fields } = reader.schema;
  const digests = fields.map(({ type }) => createColumnDigest(type));
  let rowCount = 0;
  for await (const batch of reader.batches({ rowsMax: BATCH_ROWS })) {
    requireColumns(batch);
    batch.columns.forEach((column, i) => digests[i]?.add(column));
    rowCount += batch.rowCount;
  }
  if (rowCount !== reader.rowCount) throw new Error(`${rowCount} of ${reader.rowCount} rows were given`);
  return { rowCount, schema: schemaText(fields), columns: digests.map((digest) => digest.hex()) };
}

function requireColumns({ schema, columns, rowCount }: RecordBatch): void {
  if (columns.length !== schema.fields.length) throw new Error('a batch lacks columns');
  for (const column of columns) {
    if (columnLength(column) !== rowCount) throw new Error('a column has another length than its batch');
  }
}
