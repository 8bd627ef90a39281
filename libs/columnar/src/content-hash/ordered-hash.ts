import { createHash } from 'node:crypto';

import type { RowDigests } from './row-digests.js';

/** What some rows are in their order, however they were cut into batches. */
export interface OrderedHash {
  /** Appends rows. */
  add(digests: RowDigests): void;
  /** 64 lower-case hexadecimal digits for the rows added so far; more may be added after. */
  hex(): string;
}

/** SHA-256 over the row digests in row order, 16 bytes each, every lane little-endian (MF-08). */
export function createOrderedHash(): OrderedHash {
  const hash = createHash('sha256');
  return {
    add({ lanes }) {
      hash.update(new Uint8Array(lanes.buffer, lanes.byteOffset, lanes.byteLength));
    },
    hex: () => hash.copy().digest('hex'),
  };
}
