import type { ObjectMeta } from '@ticklake/storage';

/** How the bytes of a source are written. */
export type SourceFormat = 'parquet' | 'csv' | 'csv.gz' | 'zip';

/** One file that rows are taken from. */
export interface SourceFile {
  readonly object: ObjectMeta;
  readonly format: SourceFormat;
  /** The file beside it that has its SHA-256, where there is one. */
  readonly checksumKey: string | undefined;
}

/** The format that a name ends in; `undefined` for names of no source. */
export function formatOf(key: string): SourceFormat | undefined {
  const lower = key.toLowerCase();
  return (['parquet', 'csv.gz', 'csv', 'zip'] as const).find((format) => lower.endsWith(`.${format}`));
}
