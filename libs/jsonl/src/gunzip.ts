import type { ByteSource } from '@ticklake/core';
import { Readable, pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { corrupt } from './corrupt.js';
import { headerEnd } from './gzip-header.js';

/** How {@link gunzip} reads. */
export interface GunzipOptions {
  /** Compressed bytes that are asked of the source at once. */
  readonly readBytes: number;
  /** The most bytes that may come out of the whole file: a few compressed ones can stand for any number. */
  readonly outputBytesMax: number;
}

/**
 * The bytes of a gzip file, some at a time; each piece holds until the next is asked for. Members one after another are
 * one file, and zeros after the last are padding. Checksum and length of a member are compared when it ends: what was
 * given before is not to be relied on until the generator has returned.
 *
 * @throws LakeError `corrupt`, with `offset` in the details: `TRUNCATED` where the file ends within a member, or is
 *   empty; `BAD_MAGIC` where something else than a member or padding stands; `GZIP_CORRUPT` for damage; `LIMIT`.
 */
export async function* gunzip(source: ByteSource, options: GunzipOptions): AsyncGenerator<Uint8Array> {
  let left = options.outputBytesMax;
  let offset = 0;
  do {
    const start = await headerEnd(source, offset);
    const member = createMember(source, start, options.readBytes);
    for await (const piece of member.pieces()) {
      left -= piece.length;
      if (left < 0) {
        const details = { offset, outputBytesMax: options.outputBytesMax };
        throw corrupt('LIMIT', 'a gzip file expands to more than is allowed', details);
      }
      yield piece;
    }
    offset = await checkTrailer(source, member);
  } while (!(await isPadding(source, offset, options.readBytes)));
}

/** One member's body being inflated. */
interface Member {
  pieces(): AsyncGenerator<Uint8Array>;
  /** Of the file, once all pieces were taken: where the trailer stands. */
  end(): number;
  /** Of the pieces so far. */
  readonly crc: number;
  readonly sizeBytes: number;
}

const TRAILER_BYTES = 8;
/** Pieces of about this size come out. */
const PIECE_BYTES = 256 * 1024;

function createMember(source: ByteSource, start: number, readBytes: number): Member {
  const inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
  let crc = 0;
  let sizeBytes = 0;
  return {
    async *pieces() {
      const input = Readable.from(stored(source, start, readBytes), { highWaterMark: 2 });
      // Failures of the input come out of the inflater; that the input is left before its end is no failure.
      pipeline(input, inflate, () => undefined);
      // What fails once the pieces were left is of no interest to anybody.
      inflate.on('error', () => undefined);
      try {
        for await (const piece of inflate as AsyncIterable<Uint8Array>) {
          crc = crc32(piece, crc);
          sizeBytes += piece.length;
          yield piece;
        }
      } catch (error) {
        throw inflateFailure(error, start + inflate.bytesWritten);
      } finally {
        input.destroy();
        inflate.destroy();
      }
    },
    end: () => start + inflate.bytesWritten,
    get crc() {
      return crc;
    },
    get sizeBytes() {
      return sizeBytes;
    },
  };
}

async function* stored(source: ByteSource, start: number, readBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < source.size; at += readBytes) {
    yield await source.read(at, Math.min(readBytes, source.size - at));
  }
}

/** zlib's own errors have a code that begins so; the source's pass as they are. */
function inflateFailure(error: unknown, offset: number): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR')
    return corrupt('TRUNCATED', 'a gzip file ends within a member', { offset }, error);
  if (!code.startsWith('Z_')) return error;
  return corrupt('GZIP_CORRUPT', 'a gzip file does not inflate', { offset }, error);
}

/** Returns where the member ends. */
async function checkTrailer(source: ByteSource, member: Member): Promise<number> {
  const at = member.end();
  if (source.size - at < TRAILER_BYTES) {
    throw corrupt('TRUNCATED', 'a gzip file ends within a member', { offset: source.size });
  }
  const bytes = await source.read(at, TRAILER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, TRAILER_BYTES);
  if (view.getUint32(0, true) !== member.crc) {
    throw corrupt('GZIP_CORRUPT', 'a gzip member does not have its checksum', { offset: at });
  }
  if (view.getUint32(4, true) !== member.sizeBytes % 2 ** 32) {
    throw corrupt('GZIP_CORRUPT', 'a gzip member does not have its length', { offset: at + 4 });
  }
  return at + TRAILER_BYTES;
}

/** Whether nothing but zeros follows; a member that begins after zeros would be lost to most readers. */
async function isPadding(source: ByteSource, offset: number, readBytes: number): Promise<boolean> {
  let at = offset;
  for await (const bytes of stored(source, offset, readBytes)) {
    const other = bytes.findIndex((byte) => byte !== 0);
    if (other >= 0 && at + other === offset) return false;
    if (other >= 0) {
      throw corrupt('BAD_MAGIC', 'something follows the padding of a gzip file', { offset: at + other });
    }
    at += bytes.length;
  }
  return true;
}
