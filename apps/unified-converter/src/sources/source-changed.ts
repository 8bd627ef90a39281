import { LakeError } from '@ticklake/core';

/** A source is no longer what it was when it was listed or read. */
export function sourceChanged(file: string): LakeError {
  return new LakeError('conflict', 'a source changed while it was read', {
    code: 'SOURCE_CHANGED',
    details: { file },
  });
}
