import type { Arena, Schema } from '@ticklake/columnar';
import { stopIfAborted, type SequenceOptions, type Spill, type TakenRows } from '@ticklake/merge';
import type { EncodingOptions, ParquetLimits, ParquetSink } from '@ticklake/parquet';
import { stagesOf, type Begin, type Begun, type Done } from './begin-step.js';
import type { Helper } from './helper/start-helper.js';
import type { MergeFile } from './merge-file.js';
import { startWork, type Work } from './merge-work.js';
import { STAGES_UNDER_WAY } from './stages-under-way.js';
import { stepsOf } from './steps.js';

/** How {@link mergeFiles} merges. */
export interface MergeFilesOptions {
  readonly arena: Arena;
  /** Columns of every file, as they will be written. */
  readonly schema: Schema;
  /** One or two of them, 64-bit integers: rows ascend by these. */
  readonly orderBy: readonly string[];
  /** Numbers the rows 0, 1, 2, …; a column of that name in the files is replaced. */
  readonly sequence: SequenceOptions | undefined;
  /** As the sink has them. */
  readonly encoding: EncodingOptions;
  readonly rowGroupRows: number;
  /**
   * Row groups of at least so many rows, between whose rows no others come, are copied as they are stored: pages are not made anew where
   * codec, type and nullability are those of the output. `undefined`: every page is made anew.
   */
  readonly copyRowsMin: number | undefined;
  /** Columns left out of the content hashes; `undefined`: nothing is proved. */
  readonly proveWithout: readonly string[] | undefined;
  /**
   * A second thread, which takes some of the columns where nothing has to be sorted or spilled and every file has a place. What is
   * written does not depend on it.
   */
  readonly helper?: Helper | undefined;
  /** Of the files that a helper opens. */
  readonly limits: ParquetLimits;
  /** Likewise: what it has at hand of a column of a file. */
  readonly windowBytes: number;
  /** Most files that are open at once, at least 2; where more overlap, some are merged through `spill` first. */
  readonly openMax: number;
  /** Rows of an unsorted file that are sorted in memory at once. */
  readonly sortRows: number;
  readonly spill: Spill;
  readonly signal: AbortSignal;
  /** Told after every row group how many rows have been written. */
  readonly onRows?: (rowsDone: number) => void;
}

/** What a merge came to. */
export interface MergedFiles {
  readonly rowCount: number;
  /** Rows of row groups that were copied. */
  readonly copiedRows: number;
  /** What was taken from each file, and the content hash of the output in its order; of rows as they came out of the files. */
  readonly proof: { readonly files: readonly TakenRows[]; readonly ordered: string } | undefined;
}

/**
 * Writes the rows of all files to `sink` in order: ascending by `orderBy`, ties in order of `files`, then of rows. Every row is
 * checked to be in order and within what is known of its file. The bytes depend on files and options, not on how much memory or how
 * many threads there were. The caller finishes the sink. (MG-01, MG-03, MG-05, MG-10, MG-16, MG-17, MG-29)
 *
 * @throws LakeError `corrupt` when a file is damaged, or not what is known of it (`UNSORTED`, `STATS_MISMATCH`).
 * @throws LakeError `conflict` when a file changed before the helper opened it.
 * @throws LakeError `invalid` (`MEMORY`) when the arena, or the helper's part of it, is too small.
 * @throws LakeError `cancelled` when `signal` is aborted; and whatever opening a file, the spill or the sink throws.
 */
export async function mergeFiles(
  files: readonly MergeFile[],
  sink: ParquetSink,
  options: MergeFilesOptions,
): Promise<MergedFiles> {
  const work = await startWork(files, sink, options);
  try {
    await runSteps(work);
    const { rowCount, copiedRows, proof } = work;
    return { rowCount, copiedRows, proof: proof && { files: proof.sources(), ordered: proof.ordered() } };
  } finally {
    await work.release();
  }
}

/**
 * Does all steps, stage by stage. A helper is given the next ones before this thread has done or finished the ones before, up to
 * {@link STAGES_UNDER_WAY} of them, so that neither has to wait for the other whenever a stage takes it longer.
 */
async function runSteps(work: Work): Promise<void> {
  const pending: Done[] = [];
  const settle = async (left: number) => {
    while (pending.length > left) {
      stopIfAborted(work.options.signal);
      const done = pending.shift();
      await done?.finish(await done.theirs);
    }
  };
  for await (const step of stepsOf(work)) {
    const stages = stagesOf(work, step);
    const begun: Begun[] = [];
    for (let own = 0; own < stages.length; own++) {
      if (begun.length === own) await settle(STAGES_UNDER_WAY - 1);
      while (begun.length < stages.length && pending.length + begun.length - own < STAGES_UNDER_WAY) {
        begun.push(await (stages[begun.length] as Begin)());
      }
      const { theirs, doOwn } = begun[own] as Begun;
      pending.push({ theirs, finish: await doOwn() });
      if (!work.lanes.isShared) await settle(0);
    }
  }
  await settle(0);
}
