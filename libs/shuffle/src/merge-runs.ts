import { assert } from '@ticklake/core';
import { cutRuns } from './cut-runs.js';
import { mergeOrdered } from './merge-ordered.js';
import { areInOrder } from './only-sources.js';
import type { OrderedRowsOptions } from './ordered-rows.js';
import { rowsAsTheyLie, sortedRows, type OrderedRows, type SpilledParts } from './part-rows.js';
import type { RoutedRows } from './routed-partition.js';
import type { Spill, SpilledRows, SpillReader } from './spill.js';

/**
 * The rows of `parts`, which are more than `sortRowsMax`, in order of time, those of one time as they lie: sorted runs, merged. Parts that
 * lie in order are read where they are; all others are sorted some at a time and written to a spill, and where more than `runsMax` runs
 * come of it, some are merged to longer ones in another. Spills are disposed of when no run is in them any more, and at the end.
 */
export async function* mergeRuns(
  parts: readonly RoutedRows[],
  spill: SpillReader,
  options: OrderedRowsOptions,
): AsyncGenerator<OrderedRows> {
  assert(options.runsMax >= 2, 'at least two runs are merged at once');
  const merge = new RunMerge(options);
  try {
    let runs = await merge.written(merge.cut(parts, spill));
    while (runs.length > options.runsMax) runs = await merge.written(merge.fewer(runs));
    yield* merge.merged(runs, options.batchRows);
  } finally {
    await merge.dispose();
  }
}

/** Parts that lie in order. */
type Run = SpilledParts;

class RunMerge {
  private spills: readonly Spill[] = [];
  /** Of a run that is written: so that a part of each that is open later fits. */
  private readonly partRows: number;

  constructor(private readonly options: OrderedRowsOptions) {
    this.partRows = this.shareOf(options.runsMax);
  }

  /** What is a run as it lies, and rows that become one. */
  *cut(parts: readonly RoutedRows[], spill: SpillReader): Generator<Run | AsyncIterable<OrderedRows>> {
    const { fields } = this.options;
    for (const own of cutRuns(parts, this.options)) {
      const run = { spill, parts: own };
      yield areInOrder(own) ? run : sortedRows(run, { fields, batchRows: this.partRows });
    }
  }

  /** Runs merged with those beside them, until no more than `runsMax` are left or all have been; the rest stays as it is. */
  *fewer(runs: readonly Run[]): Generator<Run | AsyncIterable<OrderedRows>> {
    const { runsMax } = this.options;
    let tooMany = runs.length - runsMax;
    for (let at = 0; at < runs.length; ) {
      const some = runs.slice(at, at + Math.min(runsMax, tooMany + 1));
      yield some.length === 1 ? (some[0] as Run) : this.merged(some, this.partRows);
      at += some.length;
      tooMany -= some.length - 1;
    }
  }

  merged(runs: readonly Run[], batchRows: number): AsyncGenerator<OrderedRows> {
    const { fields } = this.options;
    const streams = runs.map((run) => rowsAsTheyLie(run, { fields, batchRows: this.shareOf(runs.length) }));
    return mergeOrdered(streams, { fields, batchRows });
  }

  /** Runs, those that are not there yet in a new spill. */
  async written(wanted: Iterable<Run | AsyncIterable<OrderedRows>>): Promise<readonly Run[]> {
    const runs: Run[] = [];
    let created: Spill | undefined;
    for (const one of wanted) {
      if ('parts' in one) runs.push(one);
      else {
        created ??= await this.create();
        runs.push(await writeRun(one, created));
      }
    }
    await created?.seal();
    await this.keep(new Set(runs.map(({ spill }) => spill)));
    return runs;
  }

  dispose(): Promise<void> {
    return this.keep(new Set());
  }

  /** Rows of each of so many runs that are held at once. */
  private shareOf(runCount: number): number {
    const { sortRowsMax, batchRows } = this.options;
    return Math.max(1, Math.min(batchRows, Math.floor(sortRowsMax / runCount)));
  }

  private async create(): Promise<Spill> {
    const spill = await this.options.createRuns();
    this.spills = [...this.spills, spill];
    return spill;
  }

  /** Disposes of the other spills. */
  private async keep(used: ReadonlySet<SpillReader>): Promise<void> {
    const unused = this.spills.filter((spill) => !used.has(spill));
    this.spills = this.spills.filter((spill) => used.has(spill));
    await Promise.all(unused.map((spill) => spill.dispose()));
  }
}

async function writeRun(rows: AsyncIterable<OrderedRows>, spill: Spill): Promise<Run> {
  const parts: SpilledRows[] = [];
  for await (const { rowCount, columns } of rows) parts.push(await spill.put(rowCount, columns));
  return { spill, parts };
}
