import { CODEC_NAMES, nameOf, PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, FileMeta } from '../format/metadata.js';
import type { ParquetLimits } from './parquet-limits.js';
import type { Leaf } from './schema-tree.js';

/**
 * What the footer says about rows and places must fit the schema, the file and itself (G4–G6).
 *
 * @throws LakeError `corrupt` (`METADATA`, `LIMIT`, `UNSUPPORTED`).
 */
export function checkMetadata(
  meta: FileMeta,
  { leaves, dataEnd, limits }: { leaves: readonly Leaf[]; dataEnd: number; limits: ParquetLimits },
): void {
  limit('row groups', meta.rowGroups.length, limits.rowGroupsMax);
  limit('rows', meta.rowCount, limits.rowsMax);
  let rowCount = 0;
  const ranges: number[] = [];
  meta.rowGroups.forEach((group, rowGroup) => {
    const { chunks, rowCount: groupRows } = group;
    if (!(groupRows >= 0)) throw corrupt('METADATA', 'a row group has a negative row count', { rowGroup });
    limit('rows of a row group', groupRows, limits.rowGroupRowsMax);
    rowCount += groupRows;
    if (chunks.length !== leaves.length) {
      throw corrupt('METADATA', 'a row group has another number of columns than the schema', { rowGroup });
    }
    const where = { rowGroup, rowCount: groupRows, limits, dataEnd };
    for (let i = 0; i < chunks.length; i++) {
      const chunk = chunks[i] as ChunkMeta;
      checkChunk(chunk, leaves[i] as Leaf, where);
      if (!(chunk.valueCount > 0)) continue;
      const start = chunkStart(chunk);
      checkRange(chunk, start, where);
      ranges.push(start, start + chunk.sizeBytes);
    }
  });
  if (rowCount !== meta.rowCount) {
    throw corrupt('METADATA', 'the row groups do not add up to the rows of the file', {
      rowCount: meta.rowCount,
      sum: rowCount,
    });
  }
  checkApart(ranges);
}

/** Where the first page of a chunk stands: some writers leave the dictionary's place out, others write 0. */
export function chunkStart({ dataPageOffset, dictionaryPageOffset }: ChunkMeta): number {
  const hasDictionary =
    dictionaryPageOffset !== undefined && dictionaryPageOffset > 0 && dictionaryPageOffset < dataPageOffset;
  return hasDictionary ? dictionaryPageOffset : dataPageOffset;
}

/** The name of a chunk's or a leaf's column, from the top. */
export function columnOf({ path }: Pick<ChunkMeta, 'path'>): string {
  return path.length === 1 ? (path[0] as string) : path.join('.');
}

interface Where {
  readonly rowGroup: number;
  readonly rowCount: number;
  readonly limits: ParquetLimits;
  readonly dataEnd: number;
}

function checkChunk(chunk: ChunkMeta, leaf: Leaf, { rowGroup, rowCount, limits }: Where): void {
  if (chunk.filePath !== undefined) {
    const column = columnOf(leaf);
    throw corrupt('UNSUPPORTED', 'a column is stored in another file', { column, rowGroup });
  }
  if (!isSamePath(chunk.path, leaf.path)) {
    const column = columnOf(leaf);
    throw corrupt('METADATA', 'a column chunk has another path than the schema', { column, rowGroup });
  }
  if (chunk.physical !== leaf.physical) {
    throw corrupt('METADATA', 'a column chunk has another type than the schema', {
      column: columnOf(leaf),
      rowGroup,
      physical: nameOf(PHYSICAL, chunk.physical),
    });
  }
  if (CODEC_NAMES[chunk.codec] === undefined) {
    const column = columnOf(leaf);
    throw corrupt('METADATA', 'an unknown codec', { column, rowGroup, codec: chunk.codec });
  }
  const flat = leaf.repetitionMax === 0;
  if (flat ? chunk.valueCount !== rowCount : !(chunk.valueCount >= rowCount)) {
    throw corrupt('METADATA', 'a column chunk has another number of values than its row group', {
      column: columnOf(leaf),
      rowGroup,
      values: chunk.valueCount,
      rows: rowCount,
    });
  }
  limit('values of a column chunk', chunk.valueCount, limits.rowsMax);
  limit('bytes of a column chunk', chunk.sizeBytes, limits.chunkBytesMax);
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function checkRange(chunk: ChunkMeta, start: number, { rowGroup, dataEnd }: Where): void {
  const { sizeBytes } = chunk;
  if (!(start >= 4) || !(sizeBytes > 0) || !(start + sizeBytes <= dataEnd)) {
    throw corrupt('METADATA', 'a column chunk lies outside the data', {
      column: columnOf(chunk),
      rowGroup,
      start,
      sizeBytes,
      dataEnd,
    });
  }
}

/** Chunks that share bytes would give the same rows twice. `ranges`: starts and ends. */
function checkApart(ranges: readonly number[]): void {
  const at = (i: number) => ranges[i] as number;
  let order: number[] | undefined;
  for (let i = 2; i < ranges.length; i += 2) {
    if (at(i) >= at(i - 1)) continue;
    // Nearly every file has them in order; only others are sorted.
    order = Array.from({ length: ranges.length / 2 }, (_, chunk) => chunk * 2).sort((a, b) => at(a) - at(b));
    break;
  }
  if (order === undefined) return;
  for (let i = 1; i < order.length; i++) {
    const before = at((order[i - 1] as number) + 1);
    const start = at(order[i] as number);
    if (start < before) throw corrupt('METADATA', 'column chunks overlap', { start, before });
  }
}

function limit(what: string, value: number, max: number): void {
  if (value > max) throw corrupt('LIMIT', `too many ${what}`, { value, max });
}
