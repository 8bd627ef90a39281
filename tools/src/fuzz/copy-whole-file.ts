import { columnAt, createColumnBuffer, type ColumnBuffer, type Schema } from '@ticklake/columnar';
import {
  createParquetSink,
  openRowGroupEncoder,
  type ParquetReader,
  type ParquetSink,
  type ParquetSinkOptions,
  type RowGroupEncoder,
} from '@ticklake/parquet';
import { createColumnDigest, type ColumnDigest } from './column-digest.js';
import { ARENA } from './fuzz-arena.js';
import { schemaText, withReader, type Reading, type WholeFile } from './read-whole-file.js';

/** What copying came to: the rows that went by, which are those that a merge would prove, and the file that was made of them. */
export type Copying =
  | {
      readonly kind: 'copy';
      readonly rows: WholeFile;
      readonly bytes: Uint8Array;
      readonly leakedBytes: number;
    }
  | Extract<Reading, { kind: 'failure' }>;

/** What a file is stored in; pages of another codec are not copied but made anew. */
const COMPRESSIONS: Readonly<Record<string, ParquetSinkOptions['compression']>> = {
  UNCOMPRESSED: 'none',
  SNAPPY: 'snappy',
  ZSTD: 'zstd',
};

/**
 * Copies a file row group by row group, as a merge does where nothing is to be merged: every chunk is read and its pages
 * are kept as they are stored, where they can be. Never fails: what was thrown is in the answer.
 */
export async function copyWholeFile(bytes: Uint8Array): Promise<Copying> {
  const usedBytes = ARENA.usedBytes;
  let stage: 'footer' | 'pages' = 'footer';
  try {
    const copy = await withReader(bytes, (reader) => {
      stage = 'pages';
      return copyRows(reader);
    });
    return { kind: 'copy', ...copy, leakedBytes: ARENA.usedBytes - usedBytes };
  } catch (error) {
    return { kind: 'failure', stage, error, leakedBytes: ARENA.usedBytes - usedBytes };
  }
}

/** What row groups go through. */
interface CopyTools {
  readonly reader: ParquetReader;
  readonly encoder: RowGroupEncoder;
  readonly sink: ParquetSink;
  readonly buffers: readonly ColumnBuffer[];
  readonly digests: readonly ColumnDigest[];
}

async function copyRows(reader: ParquetReader): Promise<{ rows: WholeFile; bytes: Uint8Array }> {
  const { schema } = reader;
  const options = optionsFor(reader);
  const pieces: Uint8Array[] = [];
  const target = { write: async (bytes: Uint8Array) => void pieces.push(bytes.slice()) };
  const { encoder, sink } = await openWriters(schema, options, target);
  const buffers = schema.fields.map(({ type }) => createColumnBuffer(ARENA, type));
  const digests = schema.fields.map(({ type }) => createColumnDigest(type));
  try {
    for (const [rowGroup, { rowCount }] of reader.rowGroups.entries()) {
      await copyRowGroup({ reader, encoder, sink, buffers, digests }, rowGroup, rowCount);
    }
    await sink.finish({});
  } finally {
    sink.close();
    encoder.release();
    for (const buffer of buffers) buffer.release();
  }
  const columns = digests.map((digest) => digest.hex());
  const rows = { rowCount: reader.rowCount, schema: schemaText(schema.fields), columns };
  return { rows, bytes: new Uint8Array(Buffer.concat(pieces)) };
}

async function openWriters(
  schema: Schema,
  options: ParquetSinkOptions,
  target: { write(bytes: Uint8Array): Promise<void> },
): Promise<Pick<CopyTools, 'encoder' | 'sink'>> {
  const encoder = await openRowGroupEncoder(ARENA, schema, options);
  try {
    return { encoder, sink: createParquetSink({ target, arena: ARENA }, schema, options) };
  } catch (error) {
    encoder.release();
    throw error;
  }
}

async function copyRowGroup(
  { reader, encoder, sink, buffers, digests }: CopyTools,
  rowGroup: number,
  rowCount: number,
): Promise<void> {
  const { fields } = reader.schema;
  const stored = fields.map(({ name }, i) => {
    const into = buffers[i] as ColumnBuffer;
    return { layout: 'stored', reader, rowGroup, name, into } as const;
  });
  const chunks = await encoder.encode(stored, rowCount);
  fields.forEach(({ type }, i) => {
    const placed = (buffers[i] as ColumnBuffer).placed();
    if (placed.rowCount !== rowCount) throw new Error(`${placed.rowCount} of ${rowCount} rows went by`);
    digests[i]?.add(columnAt(ARENA, type, placed));
  });
  await sink.writeRowGroup(chunks.flat(), rowCount);
}

function optionsFor({ rowGroups, schema }: ParquetReader): ParquetSinkOptions {
  const codec = rowGroups[0]?.columns[0]?.codec ?? '';
  return {
    compression: COMPRESSIONS[codec] ?? 'zstd',
    zstdLevel: 1,
    pageRows: 500,
    rowGroupRows: 1_000_000,
    dictionaryBytesMax: 64 * 1024,
    // So that bounds are made for the pages of every column, of text too.
    sortingColumns: schema.fields.filter(({ type }) => type.kind !== 'nested').map(({ name }) => name),
    createdBy: 'ticklake fuzz',
  };
}
