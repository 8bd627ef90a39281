import type { ColumnChunkFacts, PageBounds, PageLocation, ParquetReader, RowRange } from '@ticklake/parquet';
import type { Predicate, PredicateBounds } from './predicate.js';
import { intersectRanges, joinRanges, rowsIn } from './row-ranges.js';

/** Which row groups have rows that may match, as their statistics tell it. */
export function pruneRowGroups(reader: ParquetReader, predicates: readonly Predicate[]): number[] {
  const all = reader.rowGroups.map((_, index) => index);
  if (predicates.length === 0) return all;
  return all.filter((index) => {
    const chunks = reader.rowGroups[index]?.columns ?? [];
    return predicates.every((predicate) => {
      const chunk = chunks.find(({ name }) => name === predicate.column);
      return chunk === undefined || chunkMayMatch(chunk, predicate);
    });
  });
}

/**
 * Whether a row group may have the values that `=` and `in` ask for, as the bloom filters of the columns tell it that have one. Statistics
 * say less and cost nothing: they come first.
 */
export async function mayHoldSought(
  reader: ParquetReader,
  { rowGroup, predicates }: { readonly rowGroup: number; readonly predicates: readonly Predicate[] },
): Promise<boolean> {
  for (const { column: name, sought } of predicates) {
    if (sought !== undefined && !(await reader.mayHold({ name, rowGroup }, sought))) return false;
  }
  return true;
}

/** What of a row group is to be read. */
export interface KeptRows {
  /** Every other row is in a page of some column whose bounds leave no row of it. */
  readonly ranges: readonly RowRange[];
  /** Where the pages of columns are that were looked at. */
  readonly pages: ReadonlyMap<string, readonly PageLocation[]>;
}

/** Which rows of a row group may match, as the page indexes of the columns tell it that `predicates` are on. */
export async function prunePages(
  reader: ParquetReader,
  { rowGroup, predicates }: { readonly rowGroup: number; readonly predicates: readonly Predicate[] },
): Promise<KeptRows> {
  const { rowCount, columns = [] } = reader.rowGroups[rowGroup] ?? { rowCount: 0 };
  const pages = new Map<string, readonly PageLocation[]>();
  let ranges = joinRanges([{ start: 0, end: rowCount }]);
  for (const name of new Set(predicates.map(({ column }) => column))) {
    const chunk = columns.find((one) => one.name === name);
    if (ranges.length === 0 || chunk?.hasColumnIndex !== true) continue;
    const locations = await reader.pageLocations({ name, rowGroup });
    if (locations === undefined) continue;
    const bounds = await reader.pageBounds({ name, rowGroup }, locations);
    if (bounds === undefined) continue;
    pages.set(name, locations);
    const own = predicates.filter(({ column }) => column === name);
    const kept = locations.filter((_, i) => own.every((one) => pageMayMatch(bounds[i] as PageBounds, one)));
    ranges = intersectRanges(ranges, joinRanges(kept.map(rangeOf)));
  }
  return { ranges, pages };
}

/** How many of `pages` have one of the rows. */
export function pagesIn(pages: readonly PageLocation[], ranges: readonly RowRange[]): number {
  return pages.filter((page) => rowsIn(intersectRanges([rangeOf(page)], ranges)) > 0).length;
}

function rangeOf({ rowStart, rowCount }: PageLocation): RowRange {
  return { start: rowStart, end: rowStart + rowCount };
}

function chunkMayMatch(
  { valueCount, nullCount, bounds, min, max }: ColumnChunkFacts,
  predicate: Predicate,
): boolean {
  if (valueCount === nullCount) return false;
  const found = boundsFor(predicate, { bounds, min, max });
  return found === undefined || predicate.mayMatch(found);
}

function pageMayMatch({ isNull, bounds, min, max }: PageBounds, predicate: Predicate): boolean {
  if (isNull) return false;
  const found = boundsFor(predicate, { bounds, min, max });
  return found === undefined || predicate.mayMatch(found);
}

/** Of numbers as such, of text as it is stored; booleans have none. */
function boundsFor(
  { kind }: Predicate,
  { bounds, min, max }: Pick<PageBounds, 'bounds' | 'min' | 'max'>,
): PredicateBounds | undefined {
  if (kind !== 'text') return bounds;
  return min === undefined || max === undefined ? undefined : { min, max };
}
