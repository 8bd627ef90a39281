import { createRowHasher } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import {
  planRuns,
  reduceOverlap,
  sortSource,
  type MergeInput,
  type MergeSource,
  type PlanRunsOptions,
  type RunList,
} from '@ticklake/merge';
import type { ParquetReader } from '@ticklake/parquet';
import { isAfter, keysAt } from './key-columns.js';
import type { MergeFile } from './merge-file.js';
import type { MergeFilesOptions } from './merge-files.js';
import type { Work } from './merge-work.js';
import { rangeSource } from './range-source.js';
import type { FileRange } from './segments.js';

/** Gather the rows of a list. */
export interface RowsStep {
  readonly kind: 'rows';
  readonly runs: RunList;
  /** Their origins are files. */
  readonly inputs: readonly MergeInput[];
  /** Inputs that are not closed yet; whoever closes one takes it out. */
  readonly left: Set<MergeSource>;
}

/** Make a row group of the rows gathered so far. */
export interface EncodeStep {
  readonly kind: 'encode';
}

/** Make one of a row group of a file, the rows of which have been found to be in order. */
export interface CopyStep {
  readonly kind: 'copy';
  readonly range: FileRange;
  readonly reader: ParquetReader;
  /** To be closed when that is done. */
  readonly source: MergeSource;
}

/** One thing that is done to all columns. */
export type Step = RowsStep | EncodeStep | CopyStep;

/** Everything that is to be done, in order; a step holds until the next is asked for. */
export async function* stepsOf(work: Work): AsyncGenerator<Step> {
  for (const segment of work.segments) {
    if (segment.kind === 'copy') yield await copyStep(work, segment.range);
    else yield* mergeSteps(work, segment.ranges);
  }
}

async function* mergeSteps(work: Work, ranges: readonly FileRange[]): AsyncGenerator<Step> {
  const { lanes, options } = work;
  const inputs = await openInputs(work, ranges);
  const sources = inputs.map(({ source }) => source);
  const left = new Set(sources);
  lanes.setRanges(ranges);
  let isPlanned = false;
  try {
    for await (const runs of planRuns(sources, planOptions(options))) {
      yield { kind: 'rows', runs, inputs, left };
    }
    if (lanes.own.rowCount > 0) yield { kind: 'encode' };
    isPlanned = true;
  } finally {
    // Otherwise whoever finishes the last step, which may still go on, closes what ended with it.
    if (!isPlanned) {
      await lanes.idle();
      await Promise.allSettled([...left].map((source) => source.close()));
    }
  }
}

async function copyStep(work: Work, range: FileRange): Promise<Step> {
  const source = openRange(work, range);
  try {
    // Its order is proved from its rows, as that of any others.
    for await (const { runCount } of planRuns([source], planOptions(work.options))) {
      assert(runCount <= 1, 'rows of one source are one run');
    }
    return { kind: 'copy', range, reader: await readerOf(work, range), source };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function readerOf(
  { files, open }: Work,
  { file, rowGroup, rowCount }: FileRange,
): Promise<ParquetReader> {
  const reader = await open.reader(file);
  const found = reader.rowGroups[rowGroup]?.rowCount;
  if (found === rowCount) return reader;
  throw new LakeError('corrupt', 'a row group does not have the rows that are known of it', {
    code: 'STATS_MISMATCH',
    details: { source: files[file]?.name, rowGroup, known: rowCount, rowCount: found },
  });
}

/** The rows of `ranges` as sorted sources of which no more overlap than may be open at once; their origins are files. */
async function openInputs(work: Work, ranges: readonly FileRange[]): Promise<readonly MergeInput[]> {
  const { files, options, proof } = work;
  const { proveWithout, rowGroupRows } = options;
  const sources: MergeSource[] = [];
  const origins: (number | undefined)[] = [];
  try {
    for (const range of ranges) {
      const source = openRange(work, range);
      const { isSorted } = files[range.file] as MergeFile;
      sources.push(isSorted ? source : await sortRange(work, range, source));
      origins.push(isSorted ? range.file : undefined);
    }
  } catch (error) {
    await Promise.allSettled(sources.map((source) => source.close()));
    throw error;
  }
  const prove = proof && proveWithout && { proof, exclude: proveWithout, origins };
  const inputs = await reduceOverlap(sources, { ...options, outputRows: rowGroupRows, prove });
  // A helper finds the files by their origins, whether or not anything is proved.
  const fileOf = new Map(sources.map((source, i) => [source, origins[i]]));
  return inputs.map(({ source }) => ({ source, origin: fileOf.get(source) }));
}

/** Rows are counted before they are sorted. */
async function sortRange(
  work: Work,
  { file, min, max }: FileRange,
  source: MergeSource,
): Promise<MergeSource> {
  const { options, proof } = work;
  const { arena, schema, proveWithout, sortRows, rowGroupRows } = options;
  const hasher = proveWithout && createRowHasher(arena, schema, { exclude: proveWithout });
  try {
    const inOrder = await sortSource(source, {
      ...options,
      rowsMax: sortRows,
      outputRows: rowGroupRows,
      onRows({ columns, rowCount }) {
        if (hasher === undefined || proof === undefined) return;
        proof.take([{ source: file, rowCount }], hasher.digest(columns, { start: 0, end: rowCount }));
      },
    });
    // What is merged and what is copied was decided by the bounds, so they are checked.
    return { ...inOrder, name: source.name, lowerBound: min, upperBound: max };
  } finally {
    hasher?.release();
  }
}

function openRange(work: Work, range: FileRange): MergeSource {
  const { files, options, open } = work;
  const { name, isSorted } = files[range.file] as MergeFile;
  const source = rangeSource(open, range, { ...options, name });
  return isSorted ? { ...source, keys: () => followingKeys(work, range, source) } : source;
}

/** A merge checks the order within a range; a sorted file also goes on from range to range. */
async function* followingKeys(
  { lastKeys, options }: Work,
  { file, rowGroup }: FileRange,
  source: MergeSource,
) {
  const { arena } = options;
  let before = lastKeys.get(file);
  for await (const piece of source.keys()) {
    if (before !== undefined && isAfter(before, keysAt(arena, piece, 0))) {
      throw new LakeError('corrupt', 'row groups of a file are not in order', {
        code: 'UNSORTED',
        details: { source: source.name, rowGroup },
      });
    }
    before = undefined;
    lastKeys.set(file, keysAt(arena, piece, piece.rowCount - 1));
    yield piece;
  }
}

function planOptions({ arena, orderBy, rowGroupRows, openMax, signal }: MergeFilesOptions): PlanRunsOptions {
  return { arena, orderKeys: orderBy.length === 2 ? 2 : 1, outputRows: rowGroupRows, openMax, signal };
}
