import type { Arena } from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { crc32 } from 'node:zlib';
import type { PageCodec } from '../codec/page-codec.js';
import { CODEC_NAMES, PAGE } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, PageHeader } from '../format/metadata.js';
import { parsePageHeader } from '../format/parse-page-header.js';
import { openByteWindow, type ByteWindow, type FileBytes } from './byte-window.js';
import { chunkStart, columnOf } from './check-metadata.js';
import type { ParquetLimits } from './parquet-limits.js';

/** A page with its sizes and its checksum checked, as it is stored. Its bytes hold until the next page is asked for. */
export interface StoredPage {
  readonly header: PageHeader;
  readonly where: PageWhere;
  /** Levels that stand beside the values, uncompressed, as in version 2; in version 1 they are the front of the body. */
  readonly levels: Uint8Array | undefined;
  readonly body: Uint8Array;
  /** Levels and body. */
  readonly stored: Uint8Array;
  /** Of the body, uncompressed. */
  readonly sizeBytes: number;
  /** What the body is compressed with. */
  readonly codec: PageCodec | undefined;
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
  readonly file: FileBytes;
  readonly arena: Arena;
  readonly limits: ParquetLimits;
  readonly counts: PageCounts;
  /** By number; the codecs that the footer names and this library reads. */
  readonly codecs: ReadonlyMap<number, PageCodec>;
}

/** Pages of one chunk, in order. */
export interface PageWalk {
  /** The next page; `undefined` after the last; a promise when its bytes are not at hand: ask again once it has resolved. */
  next(): StoredPage | undefined | Promise<void>;
  /** Whether the last page has been given. */
  readonly isEnded: boolean;
  /** Where the next page stands. */
  readonly where: PageWhere;
  /** Lets go of the bytes it holds. */
  release(): void;
}

/** A page up to this size may expand as much as it likes: a column of one value does, and it costs nobody anything. */
const EXPANSION_FREE_BYTES = 1024 * 1024;

/** A header with statistics of long texts still fits. */
export const HEADER_BYTES_MAX = 64 * 1024;

/**
 * Walks the pages of a chunk (G7, G8): every size is compared with the chunk and the limits before bytes are read or
 * decompressed, and a CRC that is present must match.
 */
export function openPageWalk(context: PageContext, chunk: ChunkMeta, rowGroup: number): PageWalk {
  return new Walk(context, chunk, rowGroup);
}

class Walk implements PageWalk {
  private readonly column: string;
  private readonly window: ByteWindow;
  private readonly end: number;
  private offset: number;
  private page = 0;

  constructor(
    private readonly context: PageContext,
    private readonly chunk: ChunkMeta,
    private readonly rowGroup: number,
  ) {
    this.column = columnOf(chunk);
    this.offset = chunkStart(chunk);
    this.end = this.offset + chunk.sizeBytes;
    this.window = openByteWindow(context.arena, context.file, this.end);
  }

  get isEnded(): boolean {
    return this.offset >= this.end;
  }

  get where(): PageWhere {
    return { column: this.column, rowGroup: this.rowGroup, page: this.page, offset: this.offset };
  }

  next(): StoredPage | undefined | Promise<void> {
    if (this.isEnded) return undefined;
    try {
      return this.read();
    } catch (error) {
      throw located(error, this.where);
    }
  }

  release(): void {
    this.window.release();
  }

  private read(): StoredPage | Promise<void> {
    const { window, offset, end, context } = this;
    const codec = codecOf(context, this.chunk);
    if (!window.covers(offset, HEADER_BYTES_MAX)) return window.load(offset, HEADER_BYTES_MAX);
    const position = offset - window.start;
    const limit = Math.min(window.bytes.length, end - window.start);
    const { header, bodyStart } = parsePageHeader(window.bytes, { position, end: limit });
    const bodyOffset = window.start + bodyStart;
    const length = header.compressedSizeBytes;
    checkSizes(header, { room: end - bodyOffset, limits: context.limits });
    // Loaded from the header on, which is then read again.
    if (!window.covers(bodyOffset, length)) return window.load(offset, bodyStart - position + length);
    const stored = window.bytes.subarray(bodyStart, bodyStart + length);
    checkCrc(header, stored, context.counts);
    const page = storedPage(header, this.where, stored, codec);
    this.offset = bodyOffset + length;
    this.page++;
    return page;
  }
}

/** `error` with the place it happened at, where it says that bytes are bad. */
export function located(error: unknown, where: PageWhere): unknown {
  if (!isLakeError(error, 'corrupt')) return error;
  const { code, message, details, cause } = error;
  return new LakeError('corrupt', message, { code, details: { ...where, ...details }, cause });
}

function storedPage(header: PageHeader, where: PageWhere, stored: Uint8Array, codec: PageCodec): StoredPage {
  const { type, uncompressedSizeBytes, v2 } = header;
  const isCompressed = codec.name !== 'none' && (type !== PAGE.DATA_V2 || v2?.compressed === true);
  const levelsSize = v2 === undefined ? 0 : v2.definitionSizeBytes + v2.repetitionSizeBytes;
  const body = levelsSize === 0 ? stored : stored.subarray(levelsSize);
  const sizeBytes = uncompressedSizeBytes - levelsSize;
  if (!isCompressed && body.length !== sizeBytes) {
    throw corrupt('PAGE_CORRUPT', 'an uncompressed page has two sizes', {
      stored: body.length,
      size: sizeBytes,
    });
  }
  return {
    header,
    where,
    levels: v2 === undefined ? undefined : stored.subarray(0, levelsSize),
    body,
    stored,
    sizeBytes,
    codec: isCompressed ? codec : undefined,
  };
}

/** @throws LakeError `corrupt` (`PAGE_CORRUPT`, `LIMIT`) when a header does not fit its chunk or what is allowed. */
export function checkSizes(
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
  if (
    uncompressedSizeBytes > EXPANSION_FREE_BYTES &&
    uncompressedSizeBytes > compressedSizeBytes * limits.expansionRatioMax
  ) {
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

function codecOf({ codecs }: PageContext, { codec }: ChunkMeta): PageCodec {
  const known = codecs.get(codec);
  if (known !== undefined) return known;
  throw corrupt('UNSUPPORTED', 'a codec that is not supported', { codec: CODEC_NAMES[codec] ?? '' });
}
