import { assert } from '@ticklake/core';
import type { Column, Field, RecordBatch, Schema } from '@ticklake/columnar';
import { columnLength, concatColumns } from '@ticklake/columnar';
import { rowsTaken } from './copy-runs.js';
import { gatherColumn } from './gather-column.js';
import type { MergeSource, Spill } from './merge-source.js';
import { createOpenSources, type OpenSources } from './open-sources.js';
import { contiguousGroups, overlapMax } from './overlap.js';
import { planWatched } from './plan-runs.js';
import type { RunList } from './run-list.js';

/** How {@link mergeSources} merges. */
export interface MergeOptions {
  /** Every source has these columns. */
  readonly schema: Schema;
  /** One or two names, ascending: what the sources' keys are. */
  readonly orderBy: readonly string[];
  /** Rows per batch; the last has what is left. */
  readonly outputRows: number;
  /** Most overlapping sources, at least 2; with more, groups of neighbours are merged through `spill` first. */
  readonly openMax: number;
  readonly signal: AbortSignal;
  /**
   * Sees every row of every source once, before it is gathered: per list, field by field in schema order, source by
   * source. `source` is a position in `sources`, through however many passes.
   */
  readonly onTake?: (source: number, field: Field, column: Column) => void;
  /** Sees every run list of the last pass; its sources are positions in what that pass merges. */
  readonly onRuns?: (runs: RunList) => void;
  readonly spill: Spill;
}

/** An input of one pass. `origin` is its position in `sources`, `undefined` for a spilled group. */
interface Input {
  readonly source: MergeSource;
  readonly origin: number | undefined;
}

/**
 * One sorted stream of all rows: ascending by `orderBy`, ties in order of `sources`, then of rows. Batches have
 * `outputRows` rows; no rows, no batches. The rows and their order are the same for any `openMax`, and so for any
 * number of passes. (MG-01, MG-05, MG-10, MG-29)
 *
 * Owns `sources` from the first `next()`: each is closed as soon as its last row was taken, and all are when the
 * stream ends, fails or is abandoned.
 *
 * @throws LakeError `corrupt` (`UNSORTED`, `STATS_MISMATCH`) when a source is not what it says, with `details.source`.
 * @throws LakeError `cancelled` when `signal` is aborted.
 */
export async function* mergeSources(
  sources: readonly MergeSource[],
  options: MergeOptions,
): AsyncGenerator<RecordBatch> {
  assert(options.openMax >= 2, 'a merge has at least two sources open');
  assert(options.orderBy.length === 1 || options.orderBy.length === 2, 'there are one or two order columns');
  const open = createOpenSources(sources);
  try {
    let inputs: Input[] = sources.map((source, origin) => ({ source, origin }));
    for (let pass = 1; overlapMax(inputs.map(({ source }) => source)) > options.openMax; pass++) {
      inputs = await spillGroups(inputs, options, { open, pass });
    }
    yield* mergeOnce(inputs, options, open, options.onRuns);
  } finally {
    await open.closeAll();
  }
}

/** One pass: every group of neighbours becomes one source, so ties keep their order. */
async function spillGroups(
  inputs: readonly Input[],
  options: MergeOptions,
  { open, pass }: { open: OpenSources; pass: number },
): Promise<Input[]> {
  const merged: Input[] = [];
  for (const [i, group] of contiguousGroups(inputs, options.openMax).entries()) {
    const [only] = group;
    if (group.length === 1 && only !== undefined) {
      merged.push(only);
      continue;
    }
    const batches = mergeOnce(group, options, open, undefined);
    const source = await options.spill.write(`merge-${pass}-${i}`, options.schema, batches);
    open.add(source);
    merged.push({ source, origin: undefined });
  }
  return merged;
}

async function* mergeOnce(
  inputs: readonly Input[],
  options: MergeOptions,
  open: OpenSources,
  onRuns: ((runs: RunList) => void) | undefined,
): AsyncGenerator<RecordBatch> {
  const { schema, orderBy, outputRows, openMax, signal } = options;
  const sources = inputs.map(({ source }) => source);
  const early = createEarlyColumns(inputs, options, open);
  const planOptions = { orderKeys: orderBy.length === 2 ? 2 : 1, outputRows, openMax, signal } as const;
  for await (const runs of planWatched(sources, planOptions, early)) {
    onRuns?.(runs);
    const taken = rowsTaken(runs);
    const columns: Column[] = [];
    for (const [index, field] of schema.fields.entries()) {
      const parts = new Map<number, Column>();
      for (const [s, rowCount] of taken) {
        const column = early.columns.get(s)?.[index] ?? (await takeExactly(sources[s], field, rowCount));
        parts.set(s, column);
        const origin = inputs[s]?.origin;
        if (origin !== undefined) options.onTake?.(origin, field, column);
      }
      columns.push(gatherColumn(field.type, runs, parts));
    }
    await early.closeTaken();
    yield { schema, rowCount: runs.rowCount, columns };
  }
  await early.closeTaken();
}

/** Rows of a list that had to be taken before the list was finished, to make room for another source. */
interface EarlyColumns {
  readonly columns: Map<number, readonly Column[]>;
  opening(source: number, runs: RunList): Promise<void>;
  exhausted(source: number): void;
  /** The list's rows have been taken: close the sources that have no more. */
  closeTaken(): Promise<void>;
}

/**
 * Sources stay open until their rows are taken, which is when a list is finished; a list of many small sources could
 * open them all. When `openMax` are open, those already read to the end give their rows at once and are closed.
 */
function createEarlyColumns(
  inputs: readonly Input[],
  { schema, openMax }: MergeOptions,
  open: OpenSources,
): EarlyColumns {
  const columns = new Map<number, readonly Column[]>();
  const opened = new Set<number>();
  const ended = new Set<number>();

  async function closeAt(s: number): Promise<void> {
    const source = inputs[s]?.source;
    assert(source !== undefined, 'only inputs are opened');
    opened.delete(s);
    await open.close(source);
  }

  return {
    columns,
    async opening(source, runs) {
      if (opened.size >= openMax) {
        const taken = rowsTaken(runs);
        for (const s of ended) {
          if (!opened.has(s)) continue;
          columns.set(s, await takeAll(inputs[s]?.source, schema, taken.get(s) ?? 0));
          await closeAt(s);
        }
      }
      assert(opened.size < openMax, 'no more sources overlap than were counted');
      opened.add(source);
    },
    exhausted(source) {
      ended.add(source);
    },
    async closeTaken() {
      columns.clear();
      for (const s of ended) if (opened.has(s)) await closeAt(s);
      ended.clear();
    },
  };
}

async function takeAll(source: MergeSource | undefined, schema: Schema, rowCount: number): Promise<Column[]> {
  const columns: Column[] = [];
  for (const field of schema.fields) {
    columns.push(rowCount === 0 ? concatColumns(field.type, []) : await takeExactly(source, field, rowCount));
  }
  return columns;
}

async function takeExactly(
  source: MergeSource | undefined,
  { name }: Field,
  rowCount: number,
): Promise<Column> {
  assert(source !== undefined, 'rows come from inputs');
  const column = await source.take(name, rowCount);
  assert(columnLength(column) === rowCount, 'a source gives exactly the rows it is asked for');
  return column;
}
