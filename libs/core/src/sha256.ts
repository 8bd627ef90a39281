import { createHash } from 'node:crypto';
import type { ByteSource } from './bytes.js';
import { LakeError } from './errors.js';

/** Memory of one read, whatever the size of the source; larger does not hash faster. */
const READ_BYTES = 1 << 20;

/**
 * SHA-256 of every byte of `source` in order, as lower-case hexadecimal, in one megabyte of memory.
 *
 * @param room - Memory to read into, as much at a time as it holds, where there is some; not used where the bytes are at hand.
 * @throws LakeError `cancelled` when `signal` aborts meanwhile, or what the source throws.
 */
export async function sha256Of(source: ByteSource, signal?: AbortSignal, room?: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  // Bytes that are in memory are seen where they are.
  const into =
    source.bytes === undefined ? (room ?? new Uint8Array(Math.min(READ_BYTES, source.size))) : undefined;
  const readBytes = room?.length ?? READ_BYTES;
  for (let offset = 0; offset < source.size; offset += readBytes) {
    if (signal?.aborted === true) throw new LakeError('cancelled', 'cancelled while hashing');
    hash.update(await source.read(offset, Math.min(readBytes, source.size - offset), into));
  }
  return hash.digest('hex');
}
