import type { RecordBatch, Schema } from '@ticklake/columnar';
import type { Dataset } from '@ticklake/market';
import { addSequence, mergeSources, sortSource, type MergeSource, type Spill } from '@ticklake/merge';
import { SEQUENCE, type InspectedSource } from './inspect-source.js';
import type { Settings } from './settings.js';

/** What {@link mergedRows} merges, and within what. */
export interface MergeWork {
  readonly dataset: Dataset;
  readonly schema: Schema;
  readonly orderBy: readonly [string] | readonly [string, string];
  /** One for one with `sources`. */
  readonly inspected: readonly InspectedSource[];
  readonly sources: readonly MergeSource[];
  readonly settings: Settings;
  readonly spill: Spill;
  readonly signal: AbortSignal;
}

/**
 * The rows of all sources in order, numbered, a row group at a time. A source that is not sorted is sorted first
 * (spec row MG-16), within the budget or through intermediate files.
 */
export async function* mergedRows(work: MergeWork): AsyncGenerator<RecordBatch> {
  const { dataset, schema, orderBy, inspected, settings, spill, signal } = work;
  const openMax = affordableFanIn(inspected, settings);
  const options = { schema, orderBy, openMax, outputRows: settings.rowGroupRows, signal, spill };
  const sources: MergeSource[] = [];
  for (const [i, source] of work.sources.entries()) {
    const { sortedBySequence, sortedByTime } = inspected[i] as InspectedSource;
    const isSorted = orderBy.length === 2 ? sortedBySequence : sortedByTime;
    sources.push(isSorted ? source : await sortSource(source, { ...options, rowsMax: settings.sortRows }));
  }
  const merged = mergeSources(sources, options);
  yield* addSequence(merged, { after: dataset.timeColumn, name: SEQUENCE });
}

/** Half the budget for open sources, each holding up to a decoded row group; the merge goes hierarchical beyond. */
function affordableFanIn(inspected: readonly InspectedSource[], { memory, openMax }: Settings): number {
  const groupBytes = inspected.reduce((most, source) => Math.max(most, source.groupBytes), 1);
  return Math.max(2, Math.min(openMax, Math.floor(memory / 2 / groupBytes)));
}
