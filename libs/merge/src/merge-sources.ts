import { createRowHasher, type Arena, type PlacedBatch, type Schema } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { createRowGatherer, type Piece } from './gather-rows.js';
import type { MergeSource, Spill } from './merge-source.js';
import { createOpenSources, type OpenSources } from './open-sources.js';
import { contiguousGroups, overlapMax } from './overlap.js';
import { planRuns } from './plan-runs.js';
import type { RowProof } from './row-proof.js';

/** How {@link mergeSources} merges. */
export interface MergeOptions {
  readonly arena: Arena;
  /** Every source has these columns. */
  readonly schema: Schema;
  /** One or two names, ascending: what the sources' keys are. */
  readonly orderBy: readonly string[];
  /** Rows per batch; the last has what is left. */
  readonly outputRows: number;
  /** Most overlapping sources, at least 2; with more, groups of neighbours are merged through `spill` first. */
  readonly openMax: number;
  readonly signal: AbortSignal;
  readonly spill: Spill;
  /** What is to be proved of the rows, if anything. */
  readonly prove?: MergeProof | undefined;
}

/** How rows are proved. */
export interface MergeProof {
  readonly proof: RowProof;
  /** Columns that are left out of the digests. */
  readonly exclude: readonly string[];
  /**
   * Which entry of the proof each source is; `undefined` for one whose rows have been counted before. Left out, they are the entries
   * in their order.
   */
  readonly origins?: readonly (number | undefined)[];
}

/** An input of one pass. `origin` is its entry in the proof, `undefined` where its rows have been counted. */
export interface MergeInput {
  readonly source: MergeSource;
  readonly origin: number | undefined;
}

/**
 * One sorted stream of all rows: ascending by `orderBy`, ties in order of `sources`, then of rows. Batches have
 * `outputRows` rows; no rows, no batches. The rows and their order are the same for any `openMax`, and so for any
 * number of passes. A batch holds until the next is asked for. (MG-01, MG-05, MG-10, MG-29)
 *
 * Owns `sources` from the first `next()`: each is closed as soon as its last row was read, and all are when the
 * stream ends, fails or is abandoned.
 *
 * @throws LakeError `corrupt` (`UNSORTED`, `STATS_MISMATCH`) when a source is not what it says, with `details.source`.
 * @throws LakeError `cancelled` when `signal` is aborted.
 */
export async function* mergeSources(
  sources: readonly MergeSource[],
  options: MergeOptions,
): AsyncGenerator<PlacedBatch> {
  const inputs = await reduceOverlap(sources, options);
  const open = createOpenSources(inputs.map(({ source }) => source));
  try {
    yield* mergeOnce(inputs, options, { open, isLast: true });
  } finally {
    await open.closeAll();
  }
}

/**
 * Sources of the same rows in the same order, of which at most `openMax` overlap: neighbours are merged through `spill` in as many
 * passes as that takes. Rows that go through a spill are proved as they are taken. Owns `sources`; the caller closes what it
 * returns. (MG-10)
 *
 * @throws LakeError as {@link mergeSources}; every source is closed then.
 */
export async function reduceOverlap(
  sources: readonly MergeSource[],
  options: MergeOptions,
): Promise<readonly MergeInput[]> {
  assert(options.openMax >= 2, 'a merge has at least two sources open');
  assert(options.orderBy.length === 1 || options.orderBy.length === 2, 'there are one or two order columns');
  const open = createOpenSources(sources);
  try {
    const origins = options.prove?.origins;
    let inputs: MergeInput[] = sources.map((source, i) => ({
      source,
      origin: origins === undefined ? i : origins[i],
    }));
    for (let pass = 1; overlapMax(inputs.map(({ source }) => source)) > options.openMax; pass++) {
      inputs = await spillGroups(inputs, options, { open, pass });
    }
    return inputs;
  } catch (error) {
    await open.closeAll();
    throw error;
  }
}

/** One pass: every group of neighbours becomes one source, so ties keep their order. */
async function spillGroups(
  inputs: readonly MergeInput[],
  options: MergeOptions,
  { open, pass }: { open: OpenSources; pass: number },
): Promise<MergeInput[]> {
  const merged: MergeInput[] = [];
  for (const [i, group] of contiguousGroups(inputs, options.openMax).entries()) {
    const [only] = group;
    if (group.length === 1 && only !== undefined) {
      merged.push(only);
      continue;
    }
    const batches = mergeOnce(group, options, { open, isLast: false });
    const source = await options.spill.write(`merge-${pass}-${i}`, options.schema, batches);
    open.add(source);
    merged.push({ source, origin: undefined });
  }
  return merged;
}

async function* mergeOnce(
  inputs: readonly MergeInput[],
  options: MergeOptions,
  { open, isLast }: { readonly open: OpenSources; readonly isLast: boolean },
): AsyncGenerator<PlacedBatch> {
  const { arena, schema, orderBy, outputRows, openMax, signal, prove } = options;
  const sources = inputs.map(({ source }) => source);
  const gatherer = createRowGatherer(arena, schema, { turns: 1 });
  const hasher = prove && createRowHasher(arena, schema, prove);
  const batch = (): PlacedBatch => ({
    rowCount: gatherer.rowCount,
    columns: gatherer.columns.map((column) => column.placed()),
  });
  try {
    const orderKeys = orderBy.length === 2 ? 2 : 1;
    for await (const runs of planRuns(sources, { arena, orderKeys, outputRows, openMax, signal })) {
      const gathered = await gatherer.add(runs, sources);
      if (prove !== undefined && hasher !== undefined) {
        const digests = hasher.digest(gathered.columns, gathered);
        prove.proof.take(byOrigin(gathered.pieces, inputs), digests);
        if (isLast) prove.proof.give(gathered.order, digests);
      }
      for (const source of runs.ended) await open.close(sources[source] as MergeSource);
      if (gatherer.rowCount < outputRows) continue;
      yield batch();
      gatherer.clear();
    }
    if (gatherer.rowCount > 0) yield batch();
  } finally {
    gatherer.release();
    hasher?.release();
  }
}

/** Rows that come from a spill were counted when they went there. */
function* byOrigin(pieces: Iterable<Piece>, inputs: readonly MergeInput[]) {
  for (const { source, rowCount } of pieces) yield { source: inputs[source]?.origin, rowCount };
}
