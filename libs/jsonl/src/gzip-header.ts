import type { ByteSource } from '@ticklake/core';
import { corrupt } from './corrupt.js';

const FLAG = { HEADER_CRC: 2, EXTRA: 4, NAME: 8, COMMENT: 16, RESERVED: 0xe0 } as const;
const FIXED_BYTES = 10;
/** More than any header has: a name or a comment that is longer is none. */
const HEADER_BYTES_MAX = 128 * 1024;

/**
 * Where the body of the member begins whose header stands at `offset`.
 *
 * @throws LakeError `corrupt` (`BAD_MAGIC`, `TRUNCATED`, `GZIP_CORRUPT`).
 */
export async function headerEnd(source: ByteSource, offset: number): Promise<number> {
  const length = Math.min(HEADER_BYTES_MAX, source.size - offset);
  const bytes = await source.read(offset, length);
  if (length === 0) throw ends(offset);
  if (bytes[0] !== 0x1f || (length > 1 && bytes[1] !== 0x8b)) {
    throw corrupt('BAD_MAGIC', 'this is not gzip', { offset });
  }
  if (length < FIXED_BYTES) throw ends(offset + length);
  const flags = bytes[3] as number;
  if (bytes[2] !== 8 || (flags & FLAG.RESERVED) !== 0) {
    throw corrupt('GZIP_CORRUPT', 'a gzip header has a method or a flag that there is not', { offset });
  }
  let at = FIXED_BYTES;
  if (flags & FLAG.EXTRA) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const text of [FLAG.NAME, FLAG.COMMENT]) {
    if ((flags & text) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) at = Infinity;
    else at = zero + 1;
  }
  if (flags & FLAG.HEADER_CRC) at += 2;
  if (at <= length) return offset + at;
  if (length < HEADER_BYTES_MAX) throw ends(offset + length);
  throw corrupt('GZIP_CORRUPT', 'a gzip header is too long', { offset });
}

function ends(offset: number): Error {
  return corrupt('TRUNCATED', 'a gzip file ends within a member', { offset });
}
