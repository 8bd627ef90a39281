import { createMultisetHash } from '@ticklake/columnar';
import type { RoutedRows, SourceShare } from './routed-partition.js';

/** Rows of a partition: all of them, or those of some of its sources. */
export interface PartitionRows {
  readonly rowCount: number;
  /** The multiset hash of all rows. */
  readonly multiset: string;
  /**
   * The ordered hash of all rows, as `orderedRows` gives them; `undefined` where they have to be sorted first, or were taken in another
   * order than that of their sources.
   */
  readonly ordered: string | undefined;
  /** In the order of sources. */
  readonly sources: readonly SourceShare[];
  /** By source, and as they stand in it. */
  readonly parts: readonly RoutedRows[];
  /** Whether the rows stand in order of time when sources are put one after another. */
  readonly isSorted: boolean;
}

/** The rows of a partition that are of some of its sources, whose order was not hashed. */
export function onlySources(partition: PartitionRows, isWanted: (source: number) => boolean): PartitionRows {
  const sources = partition.sources.filter(({ source }) => isWanted(source));
  const parts = partition.parts.filter(({ source }) => isWanted(source));
  const sum = createMultisetHash();
  for (const { multiset } of sources) sum.addHash(multiset);
  return {
    rowCount: sources.reduce((rows, { rowCount }) => rows + rowCount, 0),
    multiset: sum.hex(),
    ...{ ordered: undefined, sources, parts, isSorted: areInOrder(parts) },
  };
}

/** Whether rows are in order of time, one part after another. */
export function areInOrder(parts: readonly RoutedRows[]): boolean {
  return parts.every(
    ({ isSorted, firstTime }, i) =>
      isSorted && (i === 0 || (parts[i - 1] as RoutedRows).lastTime <= firstTime),
  );
}
