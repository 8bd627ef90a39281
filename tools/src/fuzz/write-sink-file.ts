import type { RecordBatch } from '@ticklake/columnar';
import { createParquetSink, type ParquetSinkOptions } from '@ticklake/parquet';
import { ARENA } from './fuzz-arena.js';

/** What a base file says about how our sink stores it. */
export type SinkShape = Pick<
  ParquetSinkOptions,
  'compression' | 'rowGroupRows' | 'pageRows' | 'sortingColumns'
>;

/** `batches` as a file of our own sink. */
export async function writeSinkFile(batches: readonly RecordBatch[], shape: SinkShape): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const target = { write: async (bytes: Uint8Array) => void pieces.push(bytes.slice()) };
  const schema = batches[0]?.schema;
  if (schema === undefined) throw new Error('a base file has rows');
  const sink = createParquetSink({ target, arena: ARENA }, schema, {
    zstdLevel: 3,
    dictionaryBytesMax: 64 * 1024,
    createdBy: 'ticklake fuzz',
    ...shape,
  });
  for (const batch of batches) await sink.write(batch);
  await sink.finish({ source: 'fuzz' });
  return new Uint8Array(Buffer.concat(pieces));
}
