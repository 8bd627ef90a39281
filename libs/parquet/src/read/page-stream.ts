import { isLakeError, LakeError, type ByteSource } from '@ticklake/core';
import { crc32 } from 'node:zlib';
import { openPageCodec, type PageCodec, type PageCodecName } from '../codec/page-codec.js';
import { CODEC_NAMES, PAGE } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, PageHeader } from '../format/metadata.js';
import { parsePageHeader } from '../format/parse-page-header.js';
import { chunkStart } from './check-metadata.js';
import type { ParquetLimits } from './parquet-limits.js';

/** A page with its bytes checked and decompressed. */
export interface RawPage {
  readonly header: PageHeader;
  /** Version 2 stores levels beside the values, uncompressed; version 1 in front of them. */
  readonly levels: Uint8Array | undefined;
  readonly body: Uint8Array;
  readonly where: PageWhere;
}

/** Where a page stands, for error details. */
export interface PageWhere {
  readonly column: string;
  readonly rowGroup: number;
  readonly page: number;
  readonly offset: number;
}

/** How many pages a reader has decoded. */
export interface PageCounts {
  read: number;
  withCrc: number;
}

/** What every page of a reader is read with. */
export interface PageContext {
  readonly source: ByteSource;
  readonly limits: ParquetLimits;
  readonly counts: PageCounts;
}

/** Pages of one chunk, in order; `undefined` after the last. */
export interface PageStream {
  next(): Promise<RawPage | undefined>;
}

/** Chunks up to this size are read at once, larger ones in steps of it. Measured: larger steps gain nothing. */
const WINDOW_BYTES = 512 * 1024;

/** A header with statistics of long texts still fits. */
const HEADER_BYTES_MAX = 64 * 1024;

/**
 * Walks the pages of a chunk (G7–G9): every size is compared with the chunk and the limits before bytes are read or
 * decompressed, and a CRC that is present must match.
 */
export function openPageStream(context: PageContext, chunk: ChunkMeta, rowGroup: number): PageStream {
  const column = chunk.path.join('.');
  const start = chunkStart(chunk);
  const end = start + chunk.sizeBytes;
  const window: Window = { start, bytes: new Uint8Array(0) };
  let offset = start;
  let page = 0;
  return {
    async next() {
      if (offset >= end) return undefined;
      const where = { column, rowGroup, page, offset };
      try {
        const codec = await codecOf(chunk);
        await fill(context.source, window, { offset, length: HEADER_BYTES_MAX, end });
        const head = parsePageHeader(window.bytes, offset - window.start);
        const bodyOffset = window.start + head.bodyStart;
        checkSizes(head.header, { room: end - bodyOffset, limits: context.limits });
        const length = head.header.compressedSizeBytes;
        await fill(context.source, window, { offset: bodyOffset, length, end });
        const from = bodyOffset - window.start;
        const stored = window.bytes.subarray(from, from + length);
        checkCrc(head.header, stored, context.counts);
        offset = bodyOffset + length;
        page++;
        return { header: head.header, where, ...unpack(head.header, stored, codec) };
      } catch (error) {
        throw located(error, where);
      }
    },
  };
}

/** `error` with the place it happened at, where it says that bytes are bad. */
export function located(error: unknown, where: PageWhere): unknown {
  if (!isLakeError(error, 'corrupt')) return error;
  const { code, message, details, cause } = error;
  return new LakeError('corrupt', message, { code, details: { ...where, ...details }, cause });
}

interface Window {
  start: number;
  bytes: Uint8Array;
}

/** Makes the window cover `length` bytes from `offset`, or what is left of the chunk. */
async function fill(
  source: ByteSource,
  window: Window,
  { offset, length, end }: { offset: number; length: number; end: number },
): Promise<void> {
  const last = Math.min(offset + length, end);
  if (offset >= window.start && last <= window.start + window.bytes.length) return;
  const size = Math.min(Math.max(length, WINDOW_BYTES), end - offset);
  window.bytes = await source.read(offset, size);
  window.start = offset;
}

function checkSizes(
  { uncompressedSizeBytes, compressedSizeBytes, valueCount, v2 }: PageHeader,
  { room, limits }: { room: number; limits: ParquetLimits },
): void {
  if (
    !(compressedSizeBytes >= 0) ||
    compressedSizeBytes > room ||
    !(uncompressedSizeBytes >= 0) ||
    !(valueCount >= 0)
  ) {
    throw corrupt('PAGE_CORRUPT', 'a page header has impossible sizes', {
      compressedSizeBytes,
      uncompressedSizeBytes,
      valueCount,
      room,
    });
  }
  const largest = Math.max(uncompressedSizeBytes, compressedSizeBytes);
  if (largest > limits.pageBytesMax) {
    throw corrupt('LIMIT', 'a page is too large', { value: largest, max: limits.pageBytesMax });
  }
  if (uncompressedSizeBytes > compressedSizeBytes * limits.expansionRatioMax) {
    throw corrupt('LIMIT', 'a page expands too much', { uncompressedSizeBytes, compressedSizeBytes });
  }
  if (v2 === undefined) return;
  const { definitionSizeBytes, repetitionSizeBytes, nullCount } = v2;
  const levels = definitionSizeBytes + repetitionSizeBytes;
  if (
    !(definitionSizeBytes >= 0) ||
    !(repetitionSizeBytes >= 0) ||
    levels > Math.min(compressedSizeBytes, uncompressedSizeBytes)
  ) {
    throw corrupt('PAGE_CORRUPT', 'a page header has impossible level sizes', {
      definitionSizeBytes,
      repetitionSizeBytes,
    });
  }
  if (!(nullCount >= 0) || nullCount > valueCount) {
    throw corrupt('PAGE_CORRUPT', 'a page header has an impossible null count', { nullCount, valueCount });
  }
}

function checkCrc({ crc }: PageHeader, stored: Uint8Array, counts: PageCounts): void {
  counts.read++;
  if (crc === undefined) return;
  counts.withCrc++;
  const actual = crc32(stored);
  if (actual !== crc)
    throw corrupt('CRC_MISMATCH', 'a page does not have its checksum', { expected: crc, actual });
}

function unpack(
  { type, uncompressedSizeBytes, v2 }: PageHeader,
  stored: Uint8Array,
  codec: PageCodec,
): { levels: Uint8Array | undefined; body: Uint8Array } {
  if (type !== PAGE.DATA_V2 || v2 === undefined) {
    return { levels: undefined, body: expand(codec, stored, uncompressedSizeBytes) };
  }
  const levelsSize = v2.definitionSizeBytes + v2.repetitionSizeBytes;
  const values = stored.subarray(levelsSize);
  const size = uncompressedSizeBytes - levelsSize;
  return {
    levels: stored.subarray(0, levelsSize),
    body: v2.compressed ? expand(codec, values, size) : exact(values, size),
  };
}

function expand(codec: PageCodec, bytes: Uint8Array, size: number): Uint8Array {
  return codec.name === 'none' ? exact(bytes, size) : codec.decompress(bytes, size);
}

function exact(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length !== size) {
    throw corrupt('PAGE_CORRUPT', 'an uncompressed page has two sizes', { stored: bytes.length, size });
  }
  return bytes;
}

const CODECS: Readonly<Record<string, PageCodecName>> = {
  UNCOMPRESSED: 'none',
  SNAPPY: 'snappy',
  GZIP: 'gzip',
  BROTLI: 'brotli',
  ZSTD: 'zstd',
  LZ4_RAW: 'lz4raw',
};

/** Codecs hold no state between pages, so one of each serves every reader. */
const opened = new Map<PageCodecName, Promise<PageCodec>>();

function codecOf(chunk: ChunkMeta): Promise<PageCodec> {
  const stored = CODEC_NAMES[chunk.codec] ?? '';
  const name = CODECS[stored];
  if (name === undefined) throw corrupt('UNSUPPORTED', 'a codec that is not supported', { codec: stored });
  let codec = opened.get(name);
  if (codec === undefined) {
    codec = openPageCodec(name, { zstdLevel: 1 });
    opened.set(name, codec);
  }
  return codec;
}
