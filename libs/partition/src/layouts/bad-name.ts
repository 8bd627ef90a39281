import { LakeError } from '@ticklake/core';

/** The failure of a value that cannot stand in a path: `invalid` (`NAME`). */
export function badName(message: string, details: Readonly<Record<string, unknown>>): LakeError {
  return new LakeError('invalid', message, { code: 'NAME', details });
}
