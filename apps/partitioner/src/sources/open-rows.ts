import type { Arena, Schema } from '@ticklake/columnar';
import { isLakeError, LakeError, sha256Of } from '@ticklake/core';
import type { ArchitectureDataset } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import type { RowSource, SourceRows } from '../rows/row-source.js';
import type { DataTypeHints } from './choose-data-type.js';
import { openCsvRows } from './csv-rows.js';
import { openParquetRows } from './parquet-rows.js';
import type { SourceFile } from './source-file.js';

/** A source whose data type is told, and whose rows can be read. */
export interface OpenRows {
  readonly dataset: ArchitectureDataset;
  /** Of the rows: that of the data type, or where that passes columns through, the file's. */
  readonly schema: Schema;
  /** Columns of the file that nothing is kept of. */
  readonly unknown: readonly string[];
  rows(): AsyncGenerator<SourceRows>;
}

/** A source of the lake, and what it has. */
export interface OpenSource extends RowSource {
  readonly dataset: ArchitectureDataset;
  readonly unknown: readonly string[];
}

/**
 * Opens a source: its bytes are hashed, and its data type is told.
 *
 * @throws LakeError `corrupt`, with `file`, as `openCsvRows` and `openParquetRows`; `conflict` (`SOURCE_CHANGED`) where the file is not what
 *   was listed; `cancelled`.
 */
export async function openSource(
  { object, format }: SourceFile,
  options: {
    readonly store: ObjectStore;
    readonly arena: Arena;
    readonly hints: Omit<DataTypeHints, 'file'>;
    readonly signal: AbortSignal;
  },
): Promise<OpenSource> {
  const { store, arena, signal } = options;
  const { key: file, size } = object;
  const source = await store.open(file);
  if (source.meta.etag !== object.etag) throw sourceChanged(file);
  const sha256 = await sha256Of(source, signal);
  const hints = { ...options.hints, file };
  const opened = await inFile(file, () =>
    format === 'parquet'
      ? openParquetRows({ source, arena }, hints)
      : openCsvRows(source, { isGzip: format === 'csv.gz', hints }),
  );
  return {
    identity: { name: file, size, sha256 },
    ...{ dataset: opened.dataset, schema: opened.schema, unknown: opened.unknown },
    async *rows() {
      const rows = opened.rows();
      try {
        for (;;) {
          const { value, done } = await inFile(file, () => rows.next());
          if (done === true) return;
          yield value;
        }
      } finally {
        await rows.return(undefined);
      }
    },
    async check() {
      const now = await store.head(file);
      if (now?.etag !== object.etag) throw sourceChanged(file);
    },
  };
}

/** A source is no longer what it was when it was listed or read. */
export function sourceChanged(file: string): LakeError {
  return new LakeError('conflict', 'a source changed while it was read', {
    code: 'SOURCE_CHANGED',
    details: { file },
  });
}

/** Failures of `read` say which file they concern. */
export async function inFile<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isLakeError(error, 'corrupt') || error.details['file'] !== undefined) throw error;
    const { code, message, details, cause } = error;
    throw new LakeError('corrupt', message, { code, details: { file, ...details }, cause });
  }
}
