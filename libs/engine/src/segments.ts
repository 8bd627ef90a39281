import type { MergeFile } from './merge-file.js';

/** Consecutive row groups of a file. */
export interface FileRange {
  /** Position among the files. */
  readonly file: number;
  readonly rowGroup: number;
  readonly rowCount: number;
  readonly min: bigint;
  readonly max: bigint;
}

/** A stretch of the output: rows of several files merged, or a row group as it is. */
export type Segment =
  | { readonly kind: 'merge'; readonly parts: readonly Part[] }
  | { readonly kind: 'copy'; readonly range: FileRange };

/** Ranges of which all rows go out before those of the next part. */
export interface Part {
  readonly ranges: readonly FileRange[];
  /** Whether they go out one after another, each in its own order; otherwise they are merged. */
  readonly inTurn: boolean;
}

/** All ranges of a stretch, in the order in which they are first read. */
export function rangesIn(segment: Segment): readonly FileRange[] {
  return segment.kind === 'copy' ? [segment.range] : segment.parts.flatMap(({ ranges }) => ranges);
}

/**
 * The output in stretches, one after another. A row group of at least `copyRowsMin` rows is a stretch of its own where no row of
 * another file comes between its rows, which is decided by keys alone; what lies between such row groups is merged. Of that, too,
 * row groups of sorted files between whose rows no others come go out as they are.
 */
export function planSegments(
  files: readonly MergeFile[],
  { copyRowsMin, orderBy }: { readonly copyRowsMin: number | undefined; readonly orderBy: readonly string[] },
): readonly Segment[] {
  const ranges = files.flatMap(rangesOf).sort(compareStarts);
  const isAlone = findAlone(ranges, orderBy.length);
  const segments: Segment[] = [];
  let pending: PendingPart[] = [];
  const flush = () => {
    if (pending.length > 0) segments.push({ kind: 'merge', parts: pending.map(partOf) });
    pending = [];
  };
  for (const [i, range] of ranges.entries()) {
    const inTurn = isAlone[i] === true && files[range.file]?.isSorted === true;
    if (inTurn && copyRowsMin !== undefined && range.rowCount >= copyRowsMin) {
      flush();
      segments.push({ kind: 'copy', range });
    } else if (pending.at(-1)?.inTurn === inTurn) pending.at(-1)?.ranges.push(range);
    else pending.push({ inTurn, ranges: [range] });
  }
  flush();
  return segments;
}

interface PendingPart {
  readonly inTurn: boolean;
  readonly ranges: FileRange[];
}

function partOf({ inTurn, ranges }: PendingPart): Part {
  return { inTurn, ranges: inTurn ? neighboursJoined(ranges) : joined(ranges) };
}

/** Row groups of one file behind one another together. */
function neighboursJoined(ranges: readonly FileRange[]): readonly FileRange[] {
  const all: FileRange[] = [];
  for (const range of ranges) {
    const last = all.at(-1);
    if (last?.file === range.file) all[all.length - 1] = spanning(last, range);
    else all.push(range);
  }
  return all;
}

/** Whether all rows of all other ranges go out before a range or after it, for each. Ranges come by their starts. */
function findAlone(ranges: readonly FileRange[], orderKeys: number): readonly boolean[] {
  const alone = ranges.map(() => true);
  // Among the ranges before, the one that ends last counts; of its own file's that is another question than of the others'.
  const ownBefore = new Map<number, FileRange>();
  let last: FileRange | undefined;
  let lastElsewhere: FileRange | undefined;
  for (const [i, range] of ranges.entries()) {
    const before = [ownBefore.get(range.file), last?.file === range.file ? lastElsewhere : last];
    alone[i] = before.every((one) => one === undefined || endsBefore(one, range, orderKeys));
    ownBefore.set(range.file, laterOf(ownBefore.get(range.file), range));
    if (last !== undefined && last.file !== range.file) {
      lastElsewhere = compareEnds(last, range) < 0 ? last : laterOf(lastElsewhere, range);
    }
    last = laterOf(last, range);
  }
  // Among those behind, the one that starts first.
  const ownBehind = new Map<number, FileRange>();
  let next: FileRange | undefined;
  let nextElsewhere: FileRange | undefined;
  for (const [i, range] of [...ranges.entries()].reverse()) {
    const behind = [ownBehind.get(range.file), next?.file === range.file ? nextElsewhere : next];
    alone[i] &&= behind.every((one) => one === undefined || endsBefore(range, one, orderKeys));
    ownBehind.set(range.file, range);
    if (next !== undefined && next.file !== range.file) nextElsewhere = next;
    next = range;
  }
  return alone;
}

function laterOf(a: FileRange | undefined, b: FileRange): FileRange {
  return a === undefined || compareEnds(a, b) < 0 ? b : a;
}

/** Row groups of a sorted file one by one, all rows of another together. */
function rangesOf({ rowGroups, isSorted }: MergeFile, file: number): FileRange[] {
  const ranges = rowGroups.map(({ rowGroup, rowCount, min, max }): FileRange => {
    return { file, rowGroup, rowCount, min, max };
  });
  return isSorted || ranges.length === 0 ? ranges : [ranges.reduce(spanning)];
}

/** All row groups of each file together, files in their order. */
function joined(ranges: readonly FileRange[]): readonly FileRange[] {
  const byFile = new Map<number, FileRange>();
  for (const range of ranges) {
    const before = byFile.get(range.file);
    byFile.set(range.file, before === undefined ? range : spanning(before, range));
  }
  return [...byFile.values()].sort((a, b) => a.file - b.file);
}

function spanning(a: FileRange, b: FileRange): FileRange {
  return {
    file: a.file,
    rowGroup: Math.min(a.rowGroup, b.rowGroup),
    rowCount: a.rowCount + b.rowCount,
    min: a.min < b.min ? a.min : b.min,
    max: a.max > b.max ? a.max : b.max,
  };
}

function compareStarts(a: FileRange, b: FileRange): number {
  if (a.min !== b.min) return a.min < b.min ? -1 : 1;
  return a.file - b.file || a.rowGroup - b.rowGroup;
}

function compareEnds(a: FileRange, b: FileRange): number {
  if (a.max !== b.max) return a.max < b.max ? -1 : 1;
  return a.file - b.file || a.rowGroup - b.rowGroup;
}

/**
 * Whether every row of `a` goes out before every row of `b`. Rows with equal keys go out in order of their files; where there is a
 * second key, which of them is first is not known from the bounds of the first.
 */
function endsBefore(a: FileRange, b: FileRange, orderKeys: number): boolean {
  if (a.file === b.file) return a.rowGroup < b.rowGroup && a.max <= b.min;
  return a.max < b.min || (orderKeys === 1 && a.max === b.min && a.file < b.file);
}
