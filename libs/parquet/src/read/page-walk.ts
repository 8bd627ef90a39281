import type { Arena } from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { crc32 } from 'node:zlib';
import type { PageCodec } from '../codec/page-codec.js';
import { CODEC_NAMES, PAGE } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, PageHeader } from '../format/metadata.js';
import { parsePageHeader, type FoundHeader } from '../format/parse-page-header.js';
import { openByteWindow, type ByteWindow, type FileBytes } from './byte-window.js';
import { chunkStart, columnOf } from './check-metadata.js';
import type { PageLocation } from './page-index.js';
import type { PagePlan } from './page-plan.js';
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

/** A page that is neither read nor passed yet. */
export interface UpcomingPage {
  readonly isDictionary: boolean;
  readonly valueCount: number;
  /** Whether it is the last of its chunk. */
  readonly isLast: boolean;
}

/** A chunk whose pages are walked. */
export interface WalkTask {
  readonly chunk: ChunkMeta;
  readonly rowGroup: number;
  /** Of a flat column; without one, headers tell where pages are. */
  readonly plan?: PagePlan | undefined;
}

/** Pages of one chunk, in order. */
export interface PageWalk {
  /** The next page; `undefined` after the last; a promise when its bytes are not at hand: ask again once it has resolved. */
  next(): StoredPage | undefined | Promise<void>;
  /**
   * The page that `next` would give, as the offset index tells it, or its header where there is no plan; otherwise as
   * {@link PageWalk.next}.
   */
  peek(): UpcomingPage | undefined | Promise<void>;
  /** Passes over the page that `peek` has just told of: its bytes are not looked at. */
  pass(): void;
  /** Whether the last page has been given or passed. */
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
export function openPageWalk(context: PageContext, task: WalkTask): PageWalk {
  return new Walk(context, task);
}

class Walk implements PageWalk {
  private readonly column: string;
  private readonly window: ByteWindow;
  private readonly end: number;
  private offset: number;
  private page = 0;
  /** Data pages of the plan that have been given or passed. */
  private planned = 0;
  /** Of the page that was peeked at. */
  private peekedEnd = 0;

  constructor(
    private readonly context: PageContext,
    private readonly task: WalkTask,
  ) {
    const { chunk } = task;
    this.column = columnOf(chunk);
    this.offset = chunkStart(chunk);
    this.end = this.offset + chunk.sizeBytes;
    this.window = openByteWindow(context.arena, context.file, this.end);
  }

  get isEnded(): boolean {
    return this.offset >= this.end;
  }

  get where(): PageWhere {
    return { column: this.column, rowGroup: this.task.rowGroup, page: this.page, offset: this.offset };
  }

  next(): StoredPage | undefined | Promise<void> {
    if (this.isEnded) return undefined;
    try {
      return this.read();
    } catch (error) {
      throw located(error, this.where);
    }
  }

  peek(): UpcomingPage | undefined | Promise<void> {
    if (this.isEnded) return undefined;
    try {
      return this.look();
    } catch (error) {
      throw located(error, this.where);
    }
  }

  pass(): void {
    if (this.location !== undefined) this.planned++;
    this.offset = this.peekedEnd;
    this.page++;
  }

  release(): void {
    this.window.release();
  }

  /** Where the plan has the next page; `undefined` without a plan, and before the first data page. */
  private get location(): PageLocation | undefined {
    const location = this.task.plan?.pages[this.planned];
    return location === undefined || this.offset < location.offset ? undefined : location;
  }

  private look(): UpcomingPage | Promise<void> {
    const { location } = this;
    if (location !== undefined) {
      this.peekedEnd = location.offset + location.sizeBytes;
      return { isDictionary: false, valueCount: location.rowCount, isLast: this.peekedEnd === this.end };
    }
    const found = this.header();
    if (found instanceof Promise) return found;
    const { type, valueCount, bodyStart, compressedSizeBytes } = found;
    this.peekedEnd = this.window.start + bodyStart + compressedSizeBytes;
    return { isDictionary: type === PAGE.DICTIONARY, valueCount, isLast: this.peekedEnd === this.end };
  }

  private read(): StoredPage | Promise<void> {
    const { window, offset, context, location } = this;
    const codec = codecOf(context, this.task.chunk);
    const header = this.header();
    if (header instanceof Promise) return header;
    const { bodyStart } = header;
    const bodyOffset = window.start + bodyStart;
    const length = header.compressedSizeBytes;
    // Loaded from the header on, which is then read again.
    if (!window.covers(bodyOffset, length)) {
      return window.load(offset, bodyOffset - offset + length, this.stretchEnd);
    }
    const stored = window.bytes.subarray(bodyStart, bodyStart + length);
    checkCrc(header, stored, context.counts);
    const page = storedPage(header, this.where, stored, codec);
    if (location !== undefined) this.planned++;
    this.offset = bodyOffset + length;
    this.page++;
    return page;
  }

  /** The next page's header, which is held to the offset index where there is a plan. */
  private header(): FoundHeader | Promise<void> {
    const { window, offset, location, stretchEnd } = this;
    const limit = this.pageLimit(location);
    const room = Math.min(HEADER_BYTES_MAX, limit - offset);
    if (!window.covers(offset, room)) return window.load(offset, room, stretchEnd);
    const place = {
      position: offset - window.start,
      end: Math.min(window.bytes.length, limit - window.start),
    };
    const header = parsePageHeader(window.bytes, place);
    const bodyOffset = window.start + header.bodyStart;
    checkSizes(header, { room: limit - bodyOffset, limits: this.context.limits });
    if (location !== undefined) checkLocation(header, bodyOffset, location);
    else if (this.task.plan !== undefined) checkUnlisted(header);
    return header;
  }

  /** No byte of the next page stands behind it. */
  private pageLimit(location: PageLocation | undefined): number {
    if (location !== undefined) return location.offset + location.sizeBytes;
    return this.task.plan?.pages[this.planned]?.offset ?? this.end;
  }

  /** How far it is worth to read from here on. */
  private get stretchEnd(): number {
    const { plan } = this.task;
    const { planned, end, location } = this;
    if (plan?.pages[planned] === undefined) return end;
    return location === undefined ? plan.firstStretchEnd : plan.stretchEnd(planned);
  }
}

/** @throws LakeError `corrupt` (`PAGE_CORRUPT`) when the offset index tells of another page than there is. */
function checkLocation(
  { type, compressedSizeBytes, valueCount }: PageHeader,
  bodyOffset: number,
  { offset, sizeBytes, rowCount }: PageLocation,
): void {
  const isSame = bodyOffset + compressedSizeBytes === offset + sizeBytes && valueCount === rowCount;
  if (isSame && type !== PAGE.DICTIONARY) return;
  throw corrupt('PAGE_CORRUPT', 'a page is another than the offset index says', {
    sizeBytes: bodyOffset - offset + compressedSizeBytes,
    valueCount,
    statedSizeBytes: sizeBytes,
    statedValueCount: rowCount,
  });
}

/** @throws LakeError `corrupt` (`PAGE_CORRUPT`) when a page with rows is not in the offset index. */
function checkUnlisted({ type, valueCount }: PageHeader): void {
  if (type === PAGE.DICTIONARY || valueCount === 0) return;
  throw corrupt('PAGE_CORRUPT', 'the offset index does not list a page', { valueCount });
}

/** `error` with the place it happened at, where it says that bytes are bad. */
export function located(error: unknown, where: PageWhere): unknown {
  if (!isLakeError(error, 'corrupt')) return error;
  const { code, message, details, cause } = error;
  return new LakeError('corrupt', message, { code, details: { ...where, ...details }, cause });
}

function storedPage(header: PageHeader, where: PageWhere, stored: Uint8Array, codec: PageCodec): StoredPage {
  const { uncompressedSizeBytes, v2 } = header;
  const isCompressed = checkStoredSize(header, codec);
  const levelsSize = levelsSizeOf(header);
  return {
    header,
    where,
    levels: v2 === undefined ? undefined : stored.subarray(0, levelsSize),
    body: levelsSize === 0 ? stored : stored.subarray(levelsSize),
    stored,
    sizeBytes: uncompressedSizeBytes - levelsSize,
    codec: isCompressed ? codec : undefined,
  };
}

/** Whether the body is compressed. @throws LakeError `corrupt` (`PAGE_CORRUPT`) when it is not and has two sizes. */
export function checkStoredSize(header: PageHeader, { name }: PageCodec): boolean {
  const { type, uncompressedSizeBytes, compressedSizeBytes, v2 } = header;
  if (name !== 'none' && (type !== PAGE.DATA_V2 || v2?.compressed === true)) return true;
  if (compressedSizeBytes === uncompressedSizeBytes) return false;
  const levelsSize = levelsSizeOf(header);
  throw corrupt('PAGE_CORRUPT', 'an uncompressed page has two sizes', {
    stored: compressedSizeBytes - levelsSize,
    size: uncompressedSizeBytes - levelsSize,
  });
}

/** Of levels that stand beside the values. */
function levelsSizeOf({ v2 }: PageHeader): number {
  return v2 === undefined ? 0 : v2.definitionSizeBytes + v2.repetitionSizeBytes;
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

/** Counts the page, and compares its checksum where it has one. @throws LakeError `corrupt` (`CRC_MISMATCH`). */
export function checkCrc({ crc }: PageHeader, stored: Uint8Array, counts: PageCounts): void {
  counts.read++;
  if (crc === undefined) return;
  counts.withCrc++;
  const actual = crc32(stored);
  if (actual !== crc)
    throw corrupt('CRC_MISMATCH', 'a page does not have its checksum', { expected: crc, actual });
}

/** What a chunk is compressed with. @throws LakeError `corrupt` (`UNSUPPORTED`). */
export function codecOf({ codecs }: PageContext, { codec }: ChunkMeta): PageCodec {
  const known = codecs.get(codec);
  if (known !== undefined) return known;
  throw corrupt('UNSUPPORTED', 'a codec that is not supported', { codec: CODEC_NAMES[codec] ?? '' });
}
