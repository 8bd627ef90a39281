import { LakeError } from '@ticklake/core';

/** What is wrong with the bytes of a parquet file; the README's table says when each is thrown. */
export type ParquetCode =
  | 'BAD_MAGIC'
  | 'TRUNCATED'
  | 'THRIFT_ERROR'
  | 'METADATA'
  | 'LIMIT'
  | 'UNSUPPORTED'
  | 'CRC_MISMATCH'
  | 'PAGE_CORRUPT'
  | 'DICT_CONFLICT'
  | 'STATS_MISMATCH';

/** The one way the reader says that bytes are bad: a {@link LakeError} of kind `corrupt`, to be thrown. */
export function corrupt(
  code: ParquetCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): LakeError {
  return new LakeError('corrupt', message, { code, details });
}
