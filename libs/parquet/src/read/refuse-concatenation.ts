import { isLakeError, type ByteSource } from '@ticklake/core';
import { corrupt } from '../format/corrupt.js';
import type { AttachmentKind, FileMeta } from '../format/metadata.js';
import { parseFooter } from '../format/parse-footer.js';
import { chunkStart } from './check-metadata.js';
import type { ParquetLimits } from './parquet-limits.js';

const MAGIC = Buffer.from('PAR1');

/** First magic, footer length, last magic: a file has at least these around its footer. */
const SHELL_BYTES = 12;

const WINDOW_BYTES = 1024 * 1024;

/** What a look at one magic counts for, however short the footer in front of it would be. */
const LOOK_BYTES = 1024;

const ATTACHMENTS: readonly AttachmentKind[] = ['bloom filter', 'offset index', 'column index'];

/** Where to look. */
interface Search {
  readonly meta: FileMeta;
  readonly dataEnd: number;
  readonly limits: ParquetLimits;
}

/**
 * Two files written one after the other have the footer of the last, whose offsets then point into the first. Files of
 * one layout, as a collector writes them, are read that way without any other contradiction: the values of the first
 * under the statistics of the last, and the rows of one of them gone.
 *
 * Counting magics would condemn any data that holds the text `PAR1`. This looks only at bytes that belong to no column
 * chunk, page index or bloom filter, and only the end of a file counts: a magic, before it a length, before that so
 * many bytes that are a whole footer. Files without such bytes cost nothing.
 *
 * @throws LakeError `corrupt` (`METADATA`).
 */
export async function refuseConcatenation(source: ByteSource, search: Search): Promise<void> {
  const { meta, dataEnd, limits } = search;
  if (hasNoGap(meta, dataEnd)) return;
  // Bytes made to look like many ends take no longer than one footer that is as long as footers may be.
  let budget = limits.footerBytesMax;
  for (const gap of unclaimed(meta, dataEnd)) {
    for await (const magic of magicsIn(source, gap)) {
      budget -= LOOK_BYTES;
      if (budget < 0) return;
      const length = await footerLength(source, magic);
      if (length === undefined || length > budget) continue;
      budget -= length;
      if (await isFooter(source, { offset: magic - 4 - length, length, limits })) {
        throw corrupt('METADATA', 'another parquet file ends inside this one', {
          offset: magic + MAGIC.length,
        });
      }
    }
  }
}

/**
 * Whether chunks stand side by side from the first magic on, and what they have elsewhere, of one kind alone, from there to the
 * footer: nearly every file is like that, and nothing has to be sorted to find out.
 */
function hasNoGap({ rowGroups }: FileMeta, dataEnd: number): boolean {
  let chunksEnd = MAGIC.length;
  let start = -1;
  let end = -1;
  let only: AttachmentKind | undefined;
  for (const { chunks } of rowGroups) {
    for (const chunk of chunks) {
      if (chunkStart(chunk) !== chunksEnd || !(chunk.sizeBytes > 0)) return false;
      chunksEnd += chunk.sizeBytes;
      for (const kind of ATTACHMENTS) {
        const offset = chunk.attachmentOffset(kind);
        if (offset === undefined) continue;
        const sizeBytes = chunk.attachmentSize(kind);
        if (only === undefined) [only, start, end] = [kind, offset, offset];
        if (kind !== only || offset !== end || !(sizeBytes > 0)) return false;
        end += sizeBytes;
      }
    }
  }
  return only === undefined ? chunksEnd === dataEnd : chunksEnd === start && end === dataEnd;
}

interface Range {
  readonly start: number;
  end: number;
}

/** The ranges between the first magic and the footer that nothing claims, as far as a file's end would fit. */
function unclaimed(meta: FileMeta, dataEnd: number): Range[] {
  const claimed = claims(meta);
  claimed.push({ start: dataEnd, end: dataEnd });
  const gaps: Range[] = [];
  let start = MAGIC.length;
  for (const range of claimed) {
    const end = Math.min(range.start, dataEnd);
    if (end - start >= SHELL_BYTES) gaps.push({ start, end });
    start = Math.max(start, range.end);
  }
  return gaps;
}

/** What the footer accounts for, by where it starts. Chunks stand side by side in nearly every file, and so do what they have elsewhere. */
function claims(meta: FileMeta): Range[] {
  const ranges: Record<'chunk' | AttachmentKind, Range[]> = {
    chunk: [],
    'offset index': [],
    'column index': [],
    'bloom filter': [],
  };
  for (const { chunks } of meta.rowGroups) {
    for (const chunk of chunks) {
      claim(ranges.chunk, chunkStart(chunk), chunk.sizeBytes);
      for (const kind of ATTACHMENTS) {
        const offset = chunk.attachmentOffset(kind);
        if (offset !== undefined) claim(ranges[kind], offset, chunk.attachmentSize(kind));
      }
    }
  }
  return Object.values(ranges)
    .flat()
    .sort((a, b) => a.start - b.start);
}

/** Adds a range, to the last where it goes on from there. What has no size, or less than none, claims nothing. */
function claim(ranges: Range[], start: number, sizeBytes: number): void {
  if (!(sizeBytes > 0)) return;
  const last = ranges.at(-1);
  if (last?.end === start) last.end = start + sizeBytes;
  else ranges.push({ start, end: start + sizeBytes });
}

/** Where `PAR1` stands. */
async function* magicsIn(source: ByteSource, { start, end }: Range): AsyncGenerator<number> {
  for (let offset = start; offset < end; offset += WINDOW_BYTES) {
    const size = Math.min(WINDOW_BYTES + MAGIC.length - 1, end - offset);
    const bytes = await source.read(offset, size);
    const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = window.indexOf(MAGIC); at >= 0; at = window.indexOf(MAGIC, at + 1)) yield offset + at;
  }
}

/** The length in front of a magic, where there is room for so much. */
async function footerLength(source: ByteSource, magic: number): Promise<number | undefined> {
  if (magic < SHELL_BYTES - MAGIC.length) return undefined;
  const bytes = await source.read(magic - 4, 4);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return length > 0 && length <= magic - 8 ? length : undefined;
}

async function isFooter(
  source: ByteSource,
  { offset, length, limits }: { offset: number; length: number; limits: ParquetLimits },
): Promise<boolean> {
  try {
    parseFooter(await source.read(offset, length), { nodesMax: limits.thriftNodesMax });
    return true;
  } catch (error) {
    if (isLakeError(error, 'corrupt')) return false;
    throw error;
  }
}
