import { areInOrder } from './only-sources.js';
import { together } from './part-rows.js';
import type { RoutedRows } from './routed-partition.js';

/**
 * Parts cut where a run of the merge begins: each run is of parts that follow each other, so that a stable merge of the runs in their order
 * is the stable sort of all rows. A run is as many parts as lie in order, which nobody has to sort; where those are few rows, and where a
 * part is unsorted in itself, it is as many parts as fit in `sortRowsMax`, at least one.
 *
 * Few is what a run has in memory when `runsMax` are open, `sortRowsMax / runsMax`: so there are at most twice as many runs as there are
 * such shares in all rows, and one, however rows came.
 */
export function* cutRuns(
  parts: readonly RoutedRows[],
  { sortRowsMax, runsMax }: { readonly sortRowsMax: number; readonly runsMax: number },
): Generator<readonly RoutedRows[]> {
  let gathered: RoutedRows[] = [];
  for (const stretch of stretches(parts)) {
    const rowCount = stretch.reduce((sum, part) => sum + part.rowCount, 0);
    if (areInOrder(stretch) && rowCount >= sortRowsMax / runsMax) {
      yield* together(gathered, sortRowsMax);
      gathered = [];
      yield stretch;
    } else for (const part of stretch) gathered.push(part);
  }
  yield* together(gathered, sortRowsMax);
}

/** As many parts as lie in order, or one that does not. */
function* stretches(parts: readonly RoutedRows[]): Generator<readonly RoutedRows[]> {
  let stretch: RoutedRows[] = [];
  for (const part of parts) {
    const last = stretch.at(-1);
    if (last !== undefined && !areInOrder([last, part])) {
      yield stretch;
      stretch = [];
    }
    stretch.push(part);
  }
  if (stretch.length > 0) yield stretch;
}
