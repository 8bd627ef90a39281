import { createRowHasher } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
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
  let isDone = false;
  try {
    for await (const runs of planRuns(sources, planOptions(options))) {
      yield { kind: 'rows', runs, inputs, left };
    }
    if (lanes.own.rowCount > 0) yield { kind: 'encode' };
    isDone = true;
  } finally {
    // In the end every source is in some list, and closed when that is finished: a helper may still be reading its bytes.
    if (!isDone) await Promise.allSettled([...left].map((source) => source.close()));
  }
}

async function copyStep(work: Work, range: FileRange): Promise<Step> {
  const source = openRange(work, range);
  try {
    // Its order is proved from its rows, as that of any others.
    for await (const { runCount } of planRuns([source], planOptions(work.options))) {
      assert(runCount <= 1, 'rows of one source are one run');
    }
    return { kind: 'copy', range, reader: await work.open.reader(range.file), source };
  } catch (error) {
    await source.close();
    throw error;
  }
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
  return reduceOverlap(sources, { ...options, outputRows: rowGroupRows, prove });
}

/** Rows are counted before they are sorted. */
async function sortRange(work: Work, { file }: FileRange, source: MergeSource): Promise<MergeSource> {
  const { options, proof } = work;
  const { arena, schema, proveWithout, sortRows, rowGroupRows } = options;
  const hasher = proveWithout && createRowHasher(arena, schema, { exclude: proveWithout });
  try {
    return await sortSource(source, {
      ...options,
      rowsMax: sortRows,
      outputRows: rowGroupRows,
      onRows({ columns, rowCount }) {
        if (hasher === undefined || proof === undefined) return;
        proof.take([{ source: file, rowCount }], hasher.digest(columns, { start: 0, end: rowCount }));
      },
    });
  } finally {
    hasher?.release();
  }
}

function openRange({ files, options, open }: Work, range: FileRange): MergeSource {
  return rangeSource(open, range, { ...options, name: (files[range.file] as MergeFile).name });
}

function planOptions({ arena, orderBy, rowGroupRows, openMax, signal }: MergeFilesOptions): PlanRunsOptions {
  return { arena, orderKeys: orderBy.length === 2 ? 2 : 1, outputRows: rowGroupRows, openMax, signal };
}
