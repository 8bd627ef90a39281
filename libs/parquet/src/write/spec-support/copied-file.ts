import { createColumnBuffer, type PlacedColumn, type Schema } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import { holdColumns } from '../../read/hold-columns.js';
import { openParquet, type ParquetReader } from '../../read/open-parquet.js';
import { USUAL_LIMITS } from '../../read/parquet-limits.js';
import { ARENA } from '../../spec-support/test-arena.js';
import { memorySink } from '../../testing/memory-sink.js';
import { createParquetSink, type ParquetSinkOptions } from '../parquet-sink.js';
import { openRowGroupEncoder } from '../row-group-encoder.js';
import { SMALL } from './parquet-bytes.js';

/** How {@link copyOf} copies. */
export interface Copying {
  readonly options?: Partial<ParquetSinkOptions>;
  /** Of the output; as the file's when left out. */
  readonly schema?: Schema;
  /** Columns that are read and encoded again. */
  readonly encoded?: readonly string[];
  /** As it is said to be. */
  readonly rowCount?: number;
  readonly wrap?: (reader: ParquetReader) => ParquetReader;
  /** Whether the columns of a row group that are copied are read at once. */
  readonly atOnce?: boolean;
  /** Sees the bytes of every chunk that is copied; nested columns are not decoded then. */
  readonly witness?: (place: { readonly name: string; readonly rowGroup: number }, chunk: Uint8Array) => void;
}

/** A file with the row groups of another. */
export async function copyOf(bytes: Uint8Array, copying: Copying = {}): Promise<Uint8Array> {
  const { options, encoded = [], wrap = (reader) => reader, atOnce = false, witness } = copying;
  const reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, USUAL_LIMITS);
  const { schema = reader.schema } = copying;
  const sinkOptions = { ...SMALL, ...options };
  const target = memorySink();
  const sink = createParquetSink({ target, arena: ARENA }, schema, sinkOptions);
  const encoder = await openRowGroupEncoder(ARENA, schema, sinkOptions);
  const buffers = schema.fields.map(({ type }) => createColumnBuffer(ARENA, type));
  try {
    const stored = schema.fields.map(({ name }) => name).filter((name) => !encoded.includes(name));
    for (const [rowGroup, { rowCount }] of reader.rowGroups.entries()) {
      const held = atOnce ? await holdColumns(reader, { rowGroup, columns: stored }) : undefined;
      const columns = await Promise.all(
        schema.fields.map(async ({ name }, i) => {
          const into = buffers[i]!;
          if (!encoded.includes(name)) {
            const column = {
              ...({ layout: 'stored', reader: wrap(reader), rowGroup, name, into } as const),
              ...(held && { held }),
            };
            if (witness === undefined) return column;
            return { ...column, witness: (chunk: Uint8Array) => witness({ name, rowGroup }, chunk) };
          }
          return readGroup(reader, { name, rowGroup, rowCount }, into);
        }),
      );
      const chunks = await encoder.encode(columns, copying.rowCount ?? rowCount);
      await sink.writeRowGroup(chunks.flat(), rowCount);
      held?.release();
    }
    await sink.finish({});
    return target.bytes();
  } finally {
    for (const one of [encoder, ...buffers]) one.release();
    sink.close();
    reader.close();
  }
}

async function readGroup(
  reader: ParquetReader,
  { name, rowGroup, rowCount }: { name: string; rowGroup: number; rowCount: number },
  into: ReturnType<typeof createColumnBuffer>,
): Promise<PlacedColumn> {
  into.clear();
  const cursor = reader.column(name, { rowGroup });
  await cursor.read(into, rowCount);
  cursor.close();
  return into.placed();
}
