import { LakeError } from '@ticklake/core';
import type { Backend } from './backend.js';

/** A scheme that is planned: refused by name, so that nobody takes it for a directory called `s3:`. */
export function unsupported(scheme: string): Backend {
  return () => {
    throw new LakeError('invalid', `stores of scheme ${scheme} are not supported yet`, {
      code: 'UNSUPPORTED',
      details: { scheme },
    });
  };
}
