import { LakeError } from '@ticklake/core';

/** What is wrong with a file of delimited text, or with the zip around it; the README's table says when each is thrown. */
export type CsvCode =
  | 'BAD_MAGIC'
  | 'CSV_DIALECT'
  | 'CSV_EMPTY'
  | 'CSV_FIELDS'
  | 'CSV_QUOTE'
  | 'CSV_VALUE'
  | 'LIMIT'
  | 'TRUNCATED'
  | 'ZIP_CORRUPT'
  | 'ZIP_ENTRIES'
  | 'ZIP_UNSUPPORTED';

/** A {@link LakeError} of kind `corrupt`, to be thrown. */
export function corrupt(
  code: CsvCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): LakeError {
  return new LakeError('corrupt', message, { code, details, cause });
}
