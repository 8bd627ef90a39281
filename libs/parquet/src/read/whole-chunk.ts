import type { Arena, ColumnBuffer } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import type { PageCodec } from '../codec/page-codec.js';
import { PAGE } from '../format/constants.js';
import { parsePageHeader, type FoundHeader } from '../format/parse-page-header.js';
import { chunkStart, columnOf } from './check-metadata.js';
import { checkCount, checkEncoding, placeBody, type ChunkTask } from './chunk-reader.js';
import { decodeDictionary, type LeafDictionary } from './leaf-dictionary.js';
import { endOfPlain } from './levels.js';
import { openPageValues } from './page-values.js';
import {
  checkCrc,
  checkSizes,
  checkStoredSize,
  located,
  type PageContext,
  type PageCounts,
} from './page-walk.js';
import type { Span } from './span.js';
import { createStatisticsCheck, type StatisticsCheck } from './statistics-check.js';

/**
 * Appends all rows of a chunk of a flat column, where it is what nearly all chunks of small files are: bytes at hand, one data page of version
 * 1, a dictionary before it or none, no nulls. It is held to all that a chunk is held to which is read page by page, without what walks from one
 * page to the next. False, and no row was appended, when it is anything else, or damaged: whoever reads it page by page then tells how.
 *
 * @throws LakeError `corrupt` (`STATS_MISMATCH`) when the footer said other things of the chunk.
 */
export function appendWholeChunk(context: PageContext, task: ChunkTask, buffer: ColumnBuffer): boolean {
  const pages = findPages(context, task);
  if (pages === undefined) return false;
  const { arena, counts, file } = context;
  const { chunk, leaf, rowGroup } = task;
  const check = createStatisticsCheck(arena, leaf, chunk);
  const counted = { read: 0, withCrc: 0 };
  if (!appendPages(context, task, { pages, check, buffer, counted })) return false;
  counts.read += counted.read;
  counts.withCrc += counted.withCrc;
  try {
    check.finish();
  } catch (error) {
    const offset = pages.dataStart + (file.wholeStart ?? 0);
    throw located(error, { column: columnOf(chunk), rowGroup, page: counted.read - 1, offset });
  }
  return true;
}

/** The pages of a chunk. */
interface Pages {
  readonly bytes: Uint8Array;
  readonly codec: PageCodec;
  readonly dictionary: FoundHeader | undefined;
  readonly data: FoundHeader;
  /** Where the header of the data page stands. */
  readonly dataStart: number;
}

/** The one or two pages that a chunk is of, their headers checked; `undefined` where it is of others. */
function findPages({ file, codecs, limits }: PageContext, { chunk, leaf }: ChunkTask): Pages | undefined {
  const { whole: bytes, wholeStart = 0 } = file;
  const codec = codecs.get(chunk.codec);
  const hasNulls = leaf.definitionMax > 0 && chunk.statistics?.nullCount !== 0;
  if (bytes === undefined || codec === undefined || hasNulls) return undefined;
  const start = chunkStart(chunk) - wholeStart;
  const end = start + chunk.sizeBytes;
  try {
    const first = headerAt(bytes, start, end, limits);
    if (first.type === PAGE.DATA_V2) return undefined;
    const dictionary = first.type === PAGE.DICTIONARY ? first : undefined;
    const dataStart = dictionary === undefined ? start : first.bodyStart + first.compressedSizeBytes;
    const data = dictionary === undefined ? first : headerAt(bytes, dataStart, end, limits);
    const isAll = data.bodyStart + data.compressedSizeBytes === end && data.valueCount === chunk.valueCount;
    if (!isAll || data.type !== PAGE.DATA) return undefined;
    checkCount(data, { leaf, left: chunk.valueCount, rowsMax: limits.rowGroupRowsMax });
    checkEncoding(data, chunk);
    return { bytes, codec, dictionary, data, dataStart };
  } catch (error) {
    return ifDamaged(error, undefined);
  }
}

function headerAt(
  bytes: Uint8Array,
  position: number,
  end: number,
  limits: PageContext['limits'],
): FoundHeader {
  const header = parsePageHeader(bytes, { position, end });
  checkSizes(header, { room: end - header.bodyStart, limits });
  return header;
}

/** What is to be appended to what. */
interface Work {
  readonly pages: Pages;
  readonly check: StatisticsCheck;
  readonly buffer: ColumnBuffer;
  readonly counted: PageCounts;
}

/** False where a page is damaged, or has other levels than those of a page without nulls. */
function appendPages({ arena, limits }: PageContext, { chunk, leaf }: ChunkTask, work: Work): boolean {
  const { pages, check, buffer } = work;
  const { valueCount: count, encoding } = pages.data;
  const sizeMax = limits.pageBytesMax;
  let body: Span | undefined;
  let dictionary: LeafDictionary | undefined;
  try {
    if (pages.dictionary !== undefined) {
      const { encoding: stored, valueCount } = pages.dictionary;
      const how = { encoding: stored, count: valueCount, sizeMax, chunkCount: chunk.valueCount };
      dictionary = decodeDictionary(arena, leaf, placePage(arena, work, pages.dictionary), how);
    }
    body = placePage(arena, work, pages.data);
    const at = endOfPlain(arena, pages.data, body, leaf.definitionMax);
    if (at === undefined) return false;
    const span = { at, end: body.end };
    const values = openPageValues({ arena, leaf, dictionary, sizeMax, check }, span, { encoding, count });
    try {
      values.append(buffer, { count, present: count, validity: 0 });
    } finally {
      values.release();
    }
    return true;
  } catch (error) {
    return ifDamaged(error, false);
  } finally {
    dictionary?.release();
    if (body !== undefined) arena.free(body.at);
  }
}

function placePage(arena: Arena, { pages, counted }: Work, header: FoundHeader): Span {
  const { bytes, codec } = pages;
  const { bodyStart, compressedSizeBytes, uncompressedSizeBytes: sizeBytes } = header;
  const body = bytes.subarray(bodyStart, bodyStart + compressedSizeBytes);
  checkCrc(header, body, counted);
  return placeBody(arena, { body, sizeBytes, codec: checkStoredSize(header, codec) ? codec : undefined });
}

function ifDamaged<T>(error: unknown, answer: T): T {
  if (isLakeError(error, 'corrupt')) return answer;
  throw error;
}
