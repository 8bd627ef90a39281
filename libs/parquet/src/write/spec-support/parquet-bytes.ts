import type { RecordBatch, Schema } from '@ticklake/columnar';
import { createParquetSink, type ParquetSinkOptions } from '../parquet-sink.js';
import { memorySink } from '../../testing/memory-sink.js';
import { ARENA } from '../../spec-support/test-arena.js';

/** Small numbers, so that a few hundred rows make several row groups and pages. */
export const SMALL: ParquetSinkOptions = {
  compression: 'snappy',
  zstdLevel: 3,
  rowGroupRows: 100,
  pageRows: 16,
  dictionaryBytesMax: 1 << 16,
  sortingColumns: [],
  createdBy: 'ticklake test',
};

/** The file that a sink makes of `batches`. */
export async function parquetBytes(
  schema: Schema,
  batches: readonly RecordBatch[],
  {
    metadata = {},
    ...options
  }: Partial<ParquetSinkOptions> & { readonly metadata?: Readonly<Record<string, string>> } = {},
): Promise<Uint8Array> {
  const target = memorySink();
  const sink = createParquetSink({ target, arena: ARENA }, schema, { ...SMALL, ...options });
  for (const batch of batches) await sink.write(batch);
  await sink.finish(metadata);
  return target.bytes();
}
