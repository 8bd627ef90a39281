import { createRowHasher } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import {
  overlapMax,
  planRuns,
  reduceOverlap,
  runsInTurn,
  sortSource,
  stopIfAborted,
  type MergeInput,
  type MergeSource,
  type PlanRunsOptions,
  type RunList,
} from '@ticklake/merge';
import type { ParquetReader } from '@ticklake/parquet';
import type { RangeRows } from './check-keys.js';
import { groupsAtOnce } from './groups-at-once.js';
import { isAfter, keysAt } from './key-columns.js';
import type { MergeFile } from './merge-file.js';
import type { Work } from './merge-work.js';
import { rangeColumns, rangeSource } from './range-source.js';
import { rangesIn, type FileRange, type Part } from './segments.js';

/** Read the rows of a list, and gather them. */
export interface RowsStep {
  readonly kind: 'rows';
  readonly runs: RunList;
  /** How many are gathered at a time: each but the last makes a row group whole. */
  readonly rowCounts: readonly number[];
  readonly inputs: readonly RowsInput[];
  /** What the rows of the list are of, one after another, where their keys have not been read. */
  readonly unseen: readonly RangeRows[] | undefined;
}

/** Where rows of a list come from. */
export interface RowsInput {
  readonly source: OpenRows;
  /** The file. */
  readonly origin: number | undefined;
}

/** Rows that are read column by column. */
export type OpenRows = Pick<MergeSource, 'read'> & { close(): Promise<void> | void };

/** Make a row group of the rows gathered so far. */
export interface EncodeStep {
  readonly kind: 'encode';
}

/** Make one of a row group of a file, which is released when that is done. */
export interface CopyStep {
  readonly kind: 'copy';
  readonly range: FileRange;
  readonly reader: ParquetReader;
}

/** One thing that is done to all columns. */
export type Step = RowsStep | EncodeStep | CopyStep;

/** Files that are being opened while the one before is at work: the two that a list of rows mostly comes from. */
const OPENED_AHEAD = 2;

/** Everything that is to be done, in order; a step holds until the next is asked for. */
export async function* stepsOf(work: Work): AsyncGenerator<Step> {
  const ranges = work.segments.flatMap(rangesIn);
  const openAhead = (rangesDone: number) => {
    for (const { file } of ranges.slice(rangesDone, rangesDone + OPENED_AHEAD)) work.open.expect(file);
  };
  let before = 0;
  for (const segment of work.segments) {
    if (segment.kind === 'copy') {
      stopIfAborted(work.options.signal);
      const reader = await readerOf(work, segment.range);
      openAhead(++before);
      yield { kind: 'copy', range: segment.range, reader };
      continue;
    }
    for (const part of segment.parts) {
      const start = before;
      if (part.inTurn) yield* stepsInTurn(work, part, (rangesDone) => openAhead(start + rangesDone));
      else yield* mergeSteps(work, part);
      before += part.ranges.length;
    }
    if (work.lanes.own.rowCount > 0) yield { kind: 'encode' };
  }
}

/** Rows that are merged by their keys. */
async function* mergeSteps(work: Work, { ranges }: Part): AsyncGenerator<RowsStep> {
  const inputs = await openInputs(work, ranges);
  const sources = inputs.map(({ source }) => source);
  const { options } = work;
  yield* rowSteps(work, ranges, {
    inputs,
    lists: planRuns(sources, planOptions(work, groupsAtOnce(options, overlapMax(sources)))),
    unseenOf: () => undefined,
  });
}

/** Rows whose order is known without their keys, which are looked at when the rows are there. */
async function* stepsInTurn(
  work: Work,
  { ranges }: Part,
  onRanges: (rangesDone: number) => void,
): AsyncGenerator<RowsStep> {
  const rowCounts = ranges.map(({ rowCount }) => rowCount);
  const rowsBefore = ranges.map(() => 0);
  yield* rowSteps(work, ranges, {
    inputs: ranges.map((range) => ({ source: rangeColumns(work.open, range), origin: range.file })),
    lists: runsInTurn(rowCounts, planOptions(work, 1)),
    unseenOf({ sources, counts, runCount }) {
      onRanges((sources[runCount - 1] as number) + 1);
      return Array.from(sources, (source, i) => {
        const rowCount = counts[i] as number;
        const before = rowsBefore[source] as number;
        rowsBefore[source] = before + rowCount;
        return { range: ranges[source] as FileRange, rowsBefore: before, rowCount };
      });
    },
  });
}

/** Steps of a part of the output, with what its rows are read from. */
interface PartSteps {
  readonly inputs: readonly RowsInput[];
  readonly lists: AsyncIterable<RunList> | Iterable<RunList>;
  unseenOf(runs: RunList): RowsStep['unseen'];
}

async function* rowSteps(
  { lanes, unclosed, options: { rowGroupRows } }: Work,
  ranges: readonly FileRange[],
  { inputs, lists, unseenOf }: PartSteps,
): AsyncGenerator<RowsStep> {
  for (const { source } of inputs) unclosed.add(source);
  lanes.setRanges(ranges);
  for await (const runs of lists) {
    const first = Math.min(runs.rowCount, rowGroupRows - lanes.own.rowCount);
    const rowCounts = [first];
    for (let rest = runs.rowCount - first; rest > 0; rest -= rowGroupRows) {
      rowCounts.push(Math.min(rest, rowGroupRows));
    }
    yield { kind: 'rows', runs, rowCounts, inputs, unseen: unseenOf(runs) };
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
    for (const [number, range] of ranges.entries()) {
      const source = openRange(work, range, number);
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

/** `number`: among the ranges that are read together. */
function openRange(work: Work, range: FileRange, number: number): MergeSource {
  const { files, options, open } = work;
  const { name, isSorted } = files[range.file] as MergeFile;
  // What is sorted first is read without its keys.
  const source = rangeSource(open, range, { ...options, name, readsFromKeys: isSorted });
  if (!isSorted) return source;
  return {
    ...source,
    async *keys() {
      // A source that is planned with has rows in the next list. A helper need not wait for that to get at them.
      if (work.lanes.isShared)
        work.lanes.startOpening(number, { file: range.file, reader: await open.reader(range.file) });
      yield* followingKeys(work, range, source);
    },
  };
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

/** Lists end where a row group does, the first, or with `groups` more than one, one of those behind it. */
function planOptions({ options, lanes }: Work, groups: number): PlanRunsOptions {
  const { arena, orderBy, rowGroupRows, openMax, signal } = options;
  const outputRows = rowGroupRows * groups;
  const rowsBefore = lanes.own.rowCount;
  return { arena, orderKeys: orderBy.length === 2 ? 2 : 1, outputRows, rowsBefore, openMax, signal };
}
