import type { ByteSource } from '@ticklake/core';
import { corrupt } from '../corrupt.js';

/** One file in a zip, as its directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 for stored, 8 for deflated; nothing else can be read. */
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Of the bytes that come out. */
  readonly crc32: number;
  readonly storedBytes: number;
  readonly sizeBytes: number;
  /** Where its local header stands. */
  readonly offset: number;
}

/** How much {@link readZipDirectory} accepts. */
export interface ZipLimits {
  readonly entriesMax: number;
  readonly directoryBytesMax: number;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const COMMENT_BYTES_MAX = 0xffff;
const ALL_ONES = 0xffffffff;

/**
 * The files in a zip, in the order of its directory, which stands at its end (APPNOTE.TXT 6.3.10 §4.3), with 64-bit sizes where it has
 * them. Folders are left out.
 *
 * @throws LakeError `corrupt`: `BAD_MAGIC` for what is no zip; `TRUNCATED` where it begins like one and has no directory; `ZIP_CORRUPT`;
 *   `LIMIT`; what `source` throws.
 */
export async function readZipDirectory(source: ByteSource, limits: ZipLimits): Promise<readonly ZipEntry[]> {
  const end = await findEnd(source);
  const { count, size, offset } = await directoryPlace(source, end);
  if (count > limits.entriesMax || size > limits.directoryBytesMax) {
    throw corrupt('LIMIT', 'a zip has too large a directory', { entries: count, directoryBytes: size });
  }
  if (offset + size > source.size) {
    throw corrupt('ZIP_CORRUPT', 'the directory of a zip passes its end', { offset, directoryBytes: size });
  }
  const bytes = await source.read(offset, size);
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let number = 0; number < count; number++) {
    const read = entryAt(bytes, view, at);
    if (read === undefined)
      throw corrupt('ZIP_CORRUPT', 'the directory of a zip is damaged', { offset: offset + at });
    at = read.next;
    if (!read.entry.name.endsWith('/')) entries.push(read.entry);
  }
  return entries;
}

/** Where the bytes of an entry begin. @throws LakeError `corrupt` (`ZIP_CORRUPT`) where no header of it stands there. */
export async function entryStart(
  source: ByteSource,
  { offset, name, storedBytes }: ZipEntry,
): Promise<number> {
  if (offset + 30 > source.size)
    throw corrupt('ZIP_CORRUPT', 'an entry of a zip passes its end', { entry: name });
  const view = viewOf(await source.read(offset, 30));
  const start = offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (view.getUint32(0, true) === LOCAL && start + storedBytes <= source.size) return start;
  throw corrupt('ZIP_CORRUPT', 'an entry of a zip does not stand where its directory says', {
    entry: name,
    offset,
  });
}

async function findEnd(source: ByteSource): Promise<number> {
  const tailBytes = Math.min(source.size, END_BYTES + COMMENT_BYTES_MAX);
  const tailStart = source.size - tailBytes;
  const view = viewOf(await source.read(tailStart, tailBytes));
  for (let at = tailBytes - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    // The same bytes may stand in a comment; only the real one is followed by exactly its comment.
    if (at + END_BYTES + view.getUint16(at + 20, true) === tailBytes) return tailStart + at;
  }
  const isZip = source.size >= 4 && viewOf(await source.read(0, 4)).getUint32(0, true) === LOCAL;
  if (isZip) throw corrupt('TRUNCATED', 'a zip ends before its directory', { sizeBytes: source.size });
  throw corrupt('BAD_MAGIC', 'not a zip', { sizeBytes: source.size });
}

async function directoryPlace(source: ByteSource, end: number) {
  const view = viewOf(await source.read(end, END_BYTES));
  const place = {
    count: view.getUint16(10, true),
    size: view.getUint32(12, true),
    offset: view.getUint32(16, true),
  };
  const locator = end - LOCATOR_BYTES;
  if (locator < 0) return place;
  const where = viewOf(await source.read(locator, LOCATOR_BYTES));
  if (where.getUint32(0, true) !== LOCATOR64) return place;
  const at = wholeNumber(where, 8);
  if (at + 56 > source.size) throw corrupt('ZIP_CORRUPT', 'the end of a zip is damaged', { offset: end });
  const wide = viewOf(await source.read(at, 56));
  if (wide.getUint32(0, true) !== END64)
    throw corrupt('ZIP_CORRUPT', 'the end of a zip is damaged', { offset: at });
  return { count: wholeNumber(wide, 32), size: wholeNumber(wide, 40), offset: wholeNumber(wide, 48) };
}

function entryAt(
  bytes: Uint8Array,
  view: DataView,
  at: number,
): { readonly entry: ZipEntry; readonly next: number } | undefined {
  if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) return undefined;
  const nameEnd = at + 46 + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > bytes.length) return undefined;
  const sizes = {
    sizeBytes: view.getUint32(at + 24, true),
    storedBytes: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  };
  const entry: ZipEntry = {
    name: Buffer.from(bytes.subarray(at + 46, nameEnd)).toString('utf8'),
    method: view.getUint16(at + 10, true),
    isEncrypted: (view.getUint16(at + 8, true) & 1) !== 0,
    crc32: view.getUint32(at + 16, true),
    ...withWideSizes(sizes, view, nameEnd, extraEnd),
  };
  return { entry, next };
}

/** Sizes that 32 bits cannot hold stand in an extra field, in this order, those that they can hold left out (§4.5.3). */
function withWideSizes<T extends Readonly<Record<string, number>>>(
  sizes: T,
  view: DataView,
  start: number,
  end: number,
): T {
  const wide: Record<string, number> = { ...sizes };
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let value = at + 4;
    for (const [name, size] of Object.entries(sizes)) {
      if (size !== ALL_ONES || value + 8 > end) continue;
      wide[name] = wholeNumber(view, value);
      value += 8;
    }
  }
  return wide as T;
}

function wholeNumber(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (Number.isSafeInteger(value)) return value;
  throw corrupt('ZIP_CORRUPT', 'a size in a zip cannot be true', { value });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
