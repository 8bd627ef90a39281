import { PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { Attachment, ChunkMeta } from '../format/metadata.js';
import { parseColumnIndex, parseOffsetIndex, type ColumnIndex } from '../format/parse-page-index.js';
import { chunkStart, columnOf } from './check-metadata.js';
import { located, type PageContext } from './page-walk.js';
import type { Leaf } from './schema-tree.js';
import { boundsOf, readPair, type Bounds } from './statistics.js';

/** Where a data page stands, and which rows of its row group it has. */
export interface PageLocation {
  readonly offset: number;
  /** As stored, with the header. */
  readonly sizeBytes: number;
  readonly rowStart: number;
  readonly rowCount: number;
}

/** What the column index tells of a data page. */
export interface PageBounds {
  /** Whether every row is null. */
  readonly isNull: boolean;
  /** As the type's own numbers, as those of {@link ColumnChunkFacts}; `undefined` for other types, and where there is no telling. */
  readonly bounds: Bounds | undefined;
  /**
   * As stored, where there is a value: plain bytes, little-endian for numbers. Those of texts may be cut, the upper one then raised,
   * so no value need be the same.
   */
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
}

/** A chunk of a flat column whose page indexes are read. */
export interface IndexedChunk {
  readonly chunk: ChunkMeta;
  readonly leaf: Leaf;
  readonly rowGroup: number;
  readonly rowCount: number;
}

/**
 * The data pages of a chunk by its offset index, in order; together they have all its rows. `undefined` where it has none, or one
 * that leaves bytes between pages, of which nobody knows what they are.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`, `METADATA`); whatever the source throws.
 */
export async function readPageLocations(
  context: PageContext,
  { chunk, rowGroup, rowCount }: IndexedChunk,
): Promise<readonly PageLocation[] | undefined> {
  const attachment = chunk.attachment('offset index');
  if (attachment === undefined || chunk.valueCount === 0) return undefined;
  const bytes = await readAttachment(context, attachment);
  try {
    const stored = parseOffsetIndex(bytes, { nodesMax: context.limits.thriftNodesMax });
    const pages = stored.map(({ offset, sizeBytes, rowStart }, i) => {
      const rowEnd = stored[i + 1]?.rowStart ?? rowCount;
      return { offset, sizeBytes, rowStart, rowCount: rowEnd - rowStart };
    });
    return checkLocations(pages, chunk) ? pages : undefined;
  } catch (error) {
    throw located(error, { column: columnOf(chunk), rowGroup, page: 0, offset: attachment.offset });
  }
}

/**
 * What the column index tells of `pages`, one for each. `undefined` where the chunk has none.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`, `METADATA`, `STATS_MISMATCH`); whatever the source throws.
 */
export async function readPageBounds(
  context: PageContext,
  indexed: IndexedChunk,
  pages: readonly PageLocation[],
): Promise<readonly PageBounds[] | undefined> {
  const { chunk, leaf, rowGroup } = indexed;
  const attachment = chunk.attachment('column index');
  if (attachment === undefined) return undefined;
  const bytes = await readAttachment(context, attachment);
  try {
    const index = parseColumnIndex(bytes, { nodesMax: context.limits.thriftNodesMax });
    checkLengths(index, pages);
    checkNulls(index, pages, chunk);
    const bounds = pages.map((_, i) => pageBounds(index, leaf, i));
    checkBounds(bounds, leaf, chunk);
    return bounds;
  } catch (error) {
    throw located(error, { column: columnOf(chunk), rowGroup, page: 0, offset: attachment.offset });
  }
}

async function readAttachment(
  { file, limits }: PageContext,
  { kind, offset, sizeBytes }: Attachment,
): Promise<Uint8Array> {
  const { source, whole, wholeStart = 0 } = file;
  if (!(sizeBytes > 0) || !(offset >= 4) || !(offset + sizeBytes <= source.size)) {
    throw corrupt('METADATA', `the ${kind} lies outside the file`, { offset, sizeBytes });
  }
  if (sizeBytes > limits.footerBytesMax) {
    throw corrupt('LIMIT', `too many bytes of the ${kind}`, { value: sizeBytes, max: limits.footerBytesMax });
  }
  return whole === undefined
    ? source.read(offset, sizeBytes)
    : whole.slice(offset - wholeStart, offset - wholeStart + sizeBytes);
}

/** Whether pages follow each other to the end of their chunk. @throws LakeError `corrupt` where they cannot be pages of it. */
function checkLocations(pages: readonly PageLocation[], chunk: ChunkMeta): boolean {
  const end = chunkStart(chunk) + chunk.sizeBytes;
  let isWhole = pages.length > 0;
  let next = chunkStart(chunk);
  for (const [page, { offset, sizeBytes, rowStart, rowCount }] of pages.entries()) {
    const isFirst = page === 0;
    if (!(offset >= next) || !(sizeBytes > 0) || !(offset + sizeBytes <= end)) {
      throw corrupt('METADATA', 'an offset index names bytes that are no pages of its chunk', {
        page,
        offset,
      });
    }
    if (!(rowCount >= 0) || (isFirst && rowStart !== 0)) {
      throw corrupt('METADATA', 'an offset index counts rows that its chunk does not have', {
        page,
        rowStart,
        rowCount,
      });
    }
    // Before the first there may be a dictionary.
    isWhole &&= isFirst || offset === next;
    next = offset + sizeBytes;
  }
  return isWhole && next === end;
}

function checkLengths(
  { nullPages, mins, maxes, nullCounts }: ColumnIndex,
  pages: readonly PageLocation[],
): void {
  for (const list of [nullPages, mins, maxes, nullCounts ?? pages]) {
    if (list.length === pages.length) continue;
    throw corrupt('METADATA', 'a column index has another number of pages than the offset index', {
      pages: pages.length,
      listed: list.length,
    });
  }
}

/** Of a flat column every row is a value or a null. */
function checkNulls(
  { nullPages, nullCounts }: ColumnIndex,
  pages: readonly PageLocation[],
  { statistics }: ChunkMeta,
): void {
  if (nullCounts === undefined) return;
  pages.forEach(({ rowCount }, page) => {
    const nullCount = nullCounts[page] as number;
    const isPossible = nullPages[page] === true ? nullCount === rowCount : nullCount <= rowCount;
    if (isPossible && nullCount >= 0) return;
    throw corrupt('METADATA', 'a column index has an impossible null count', { page, nullCount, rowCount });
  });
  const sum = nullCounts.reduce((before, count) => before + count, 0);
  if (statistics?.nullCount === undefined || statistics.nullCount === sum) return;
  throw corrupt('STATS_MISMATCH', 'a column index has another number of nulls than its chunk', {
    stated: statistics.nullCount,
    sum,
  });
}

function pageBounds({ nullPages, mins, maxes }: ColumnIndex, leaf: Leaf, page: number): PageBounds {
  if (nullPages[page] === true) return { isNull: true, bounds: undefined, min: undefined, max: undefined };
  const [min, max] = [mins[page] as Uint8Array, maxes[page] as Uint8Array];
  const bounds = leaf.physical === PHYSICAL.INT96 ? undefined : readPair(leaf.type, min, max);
  const isWrong =
    bounds === undefined ? isText(leaf) && Buffer.compare(min, max) > 0 : bounds.min > bounds.max;
  if (isWrong)
    throw corrupt('METADATA', 'a column index has a page whose least value is above its greatest', { page });
  return { isNull: false, bounds, min, max };
}

function isText({ type }: Leaf): boolean {
  return type.kind === 'utf8';
}

/** Bounds that the footer calls exact are those of some value, and a value is in some page. */
function checkBounds(pages: readonly PageBounds[], leaf: Leaf, { statistics }: ChunkMeta): void {
  const stated = boundsOf(leaf.type, leaf.physical === PHYSICAL.INT96, statistics);
  if (stated === undefined) return;
  const open = pages.some(({ isNull, bounds }) => !isNull && bounds === undefined);
  const covers = (value: bigint | number) =>
    pages.some(({ bounds }) => bounds !== undefined && bounds.min <= value && value <= bounds.max);
  const isLost = (value: bigint | number, isExact: boolean | undefined) =>
    isExact === true && !open && !covers(value);
  if (!isLost(stated.min, statistics?.minExact) && !isLost(stated.max, statistics?.maxExact)) return;
  throw corrupt(
    'STATS_MISMATCH',
    'a column index has no page for a value that the footer says its chunk has',
    {
      min: stated.min,
      max: stated.max,
    },
  );
}
