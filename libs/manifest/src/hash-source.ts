import { createHash } from 'node:crypto';
import type { ByteSource } from '@ticklake/core';
import { throwIfCancelled } from './cancelled.js';

/** Memory of one read, whatever the file's size; larger does not hash faster. */
const READ_BYTES = 1 << 20;

/**
 * SHA-256 of every byte of `source` in order, as lower-case hexadecimal, in one megabyte of memory.
 *
 * @throws LakeError `cancelled`, or what the source throws
 */
export async function hashSource(source: ByteSource, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (let offset = 0; offset < source.size; offset += READ_BYTES) {
    throwIfCancelled(signal);
    hash.update(await source.read(offset, Math.min(READ_BYTES, source.size - offset)));
  }
  return hash.digest('hex');
}
