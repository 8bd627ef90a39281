import { crc32 } from 'node:zlib';
import type { ByteSource } from '@ticklake/core';
import { Inflate } from 'fflate';
import { corrupt } from '../corrupt.js';
import { entryStart, type ZipEntry } from './zip-directory.js';

/** How {@link readZipEntry} reads. */
export interface UnzipOptions {
  /** Stored bytes that are asked of the source at once. What comes out of them is held: at most a thousand times as much. */
  readonly readBytes: number;
  /** The most bytes that may come out: a few stored ones can stand for any number. */
  readonly outputBytesMax: number;
}

/** The one file that a zip is expected to hold. @throws LakeError `corrupt` (`ZIP_ENTRIES`) where there are none or several. */
export function onlyEntry(entries: readonly ZipEntry[]): ZipEntry {
  const [entry, ...others] = entries;
  if (entry !== undefined && others.length === 0) return entry;
  throw corrupt('ZIP_ENTRIES', 'a zip does not hold exactly one file', {
    entries: entries.length,
    names: entries
      .slice(0, 5)
      .map(({ name }) => name)
      .join(),
  });
}

/**
 * The bytes of a file in a zip, some at a time. Length and checksum are compared when it ends: what was given before is not to be relied
 * on until the generator has returned.
 *
 * @throws LakeError `corrupt`, with `entry`: `ZIP_UNSUPPORTED` for encryption and other methods than deflate; `LIMIT` for more bytes than
 *   are allowed, before any is read where the directory admits it; `ZIP_CORRUPT` for damage, and for more or fewer bytes than the
 *   directory says; what `source` throws.
 */
export async function* readZipEntry(
  source: ByteSource,
  entry: ZipEntry,
  { readBytes, outputBytesMax }: UnzipOptions,
): AsyncGenerator<Uint8Array> {
  const { name, method, sizeBytes } = entry;
  if (entry.isEncrypted || (method !== 0 && method !== 8)) {
    throw corrupt('ZIP_UNSUPPORTED', 'a zip is encrypted or compressed in another way', {
      entry: name,
      method,
    });
  }
  if (sizeBytes > outputBytesMax) {
    throw corrupt('LIMIT', 'a zip expands to more than is allowed', {
      entry: name,
      sizeBytes,
      outputBytesMax,
    });
  }
  const start = await entryStart(source, entry);
  let crc = 0;
  let out = 0;
  for await (const piece of inflated(source, { start, entry, readBytes })) {
    out += piece.length;
    if (out > sizeBytes) break;
    crc = crc32(piece, crc);
    yield piece;
  }
  if (out !== sizeBytes || crc !== entry.crc32) {
    throw corrupt('ZIP_CORRUPT', 'a file in a zip does not have its length and checksum', {
      ...{ entry: name, expectedBytes: sizeBytes, foundBytes: out },
    });
  }
}

async function* inflated(
  source: ByteSource,
  {
    start,
    entry,
    readBytes,
  }: { readonly start: number; readonly entry: ZipEntry; readonly readBytes: number },
): AsyncGenerator<Uint8Array> {
  const end = start + entry.storedBytes;
  let pieces: Uint8Array[] = [];
  const inflate = entry.method === 8 ? new Inflate((piece) => void pieces.push(piece)) : undefined;
  let at = start;
  do {
    const bytes = await source.read(at, Math.min(readBytes, end - at));
    at += bytes.length;
    if (inflate === undefined) yield bytes;
    else {
      try {
        inflate.push(bytes, at === end);
      } catch (error) {
        throw corrupt(
          'ZIP_CORRUPT',
          'a file in a zip does not inflate',
          { entry: entry.name, offset: at },
          error,
        );
      }
      yield* pieces;
      pieces = [];
    }
  } while (at < end);
}
