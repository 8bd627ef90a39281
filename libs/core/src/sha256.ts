import { createHash } from 'node:crypto';
import type { ByteSource } from './bytes.js';
import { LakeError } from './errors.js';

/** Memory of one read, whatever the size of the source; larger does not hash faster. */
const READ_BYTES = 1 << 20;

/**
 * SHA-256 of every byte of `source` in order, as lower-case hexadecimal, in one megabyte of memory.
 *
 * @throws LakeError `cancelled` when `signal` aborts meanwhile, or what the source throws.
 */
export async function sha256Of(source: ByteSource, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  // Bytes that are in memory are seen where they are.
  const room = source.bytes === undefined ? new Uint8Array(Math.min(READ_BYTES, source.size)) : undefined;
  for (let offset = 0; offset < source.size; offset += READ_BYTES) {
    if (signal?.aborted === true) throw new LakeError('cancelled', 'cancelled while hashing');
    hash.update(await source.read(offset, Math.min(READ_BYTES, source.size - offset), room));
  }
  return hash.digest('hex');
}
