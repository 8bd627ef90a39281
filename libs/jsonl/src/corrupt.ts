import { LakeError } from '@ticklake/core';

/** What is wrong with a file of lines; the README's table says when each is thrown. */
export type JsonlCode =
  | 'BAD_MAGIC'
  | 'TRUNCATED'
  | 'GZIP_CORRUPT'
  | 'LIMIT'
  | 'UTF8'
  | 'JSON_SYNTAX'
  | 'JSON_NUMBER'
  | 'JSON_TEXT'
  | 'DUPLICATE_KEY'
  | 'SCHEMA_MISMATCH';

/** A {@link LakeError} of kind `corrupt`, to be thrown. */
export function corrupt(
  code: JsonlCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): LakeError {
  return new LakeError('corrupt', message, { code, details, cause });
}
