import { createArena, type RecordBatch } from '@ticklake/columnar';
import type { ByteSource } from '@ticklake/core';
import {
  createParquetSink,
  openParquet,
  USUAL_LIMITS,
  type ParquetReader,
  type ParquetSinkOptions,
  type ReaderTools,
} from '@ticklake/parquet';
import { fileSource, memorySink } from '@ticklake/parquet/testing';

/** One for all tests of a file. */
export const ARENA = createArena({ bytesMax: 2 ** 30 });

/** Small numbers, so that a few hundred rows make several row groups and pages. */
const SMALL: ParquetSinkOptions = {
  compression: 'snappy',
  zstdLevel: 3,
  rowGroupRows: 100,
  pageRows: 16,
  dictionaryBytesMax: 1 << 16,
  sortingColumns: [],
  createdBy: 'ticklake test',
};

/** The file that a sink makes of a batch. */
export async function parquetBytes(
  batch: RecordBatch,
  options: Partial<ParquetSinkOptions>,
): Promise<Uint8Array> {
  const target = memorySink();
  const sink = createParquetSink({ target, arena: ARENA }, batch.schema, { ...SMALL, ...options });
  await sink.write(batch);
  await sink.finish({});
  return target.bytes();
}

/** Reads with a reader, and finds that it gives back all that it held. */
export async function withReader<T>(
  tools: Omit<ReaderTools, 'arena'>,
  work: (reader: ParquetReader) => Promise<T>,
): Promise<T> {
  const before = ARENA.usedBytes;
  const reader = await openParquet({ ...tools, arena: ARENA }, USUAL_LIMITS);
  try {
    return await work(reader);
  } finally {
    reader.close();
    expect(ARENA.usedBytes).toBe(before);
  }
}

/** Some bytes of a file. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A source that remembers what was asked of it. */
export function spiedSource(bytes: Uint8Array): { readonly source: ByteSource; readonly asked: Stretch[] } {
  const asked: Stretch[] = [];
  const { size, read } = fileSource(bytes);
  return {
    asked,
    source: {
      size,
      read(offset, length, into) {
        asked.push({ start: offset, end: offset + length });
        return read(offset, length, into);
      },
    },
  };
}
