import { overlapMax } from '@ticklake/merge';
import type { MergeFile } from './merge-file.js';
import type { OpenSizes } from './source-files.js';

const KIB = 1024;

/** Smaller steps are mostly waiting, larger ones gain nothing. Measured. */
const WINDOW_BYTES = { min: 16 * KIB, max: 512 * KIB } as const;

/** What is shared among files. */
export interface OpenShare {
  /** For all files that are open at once, as they are in the store. */
  readonly bytesMax: number;
  /** Most that are open at once. */
  readonly openMax: number;
  readonly columnCount: number;
}

/** What each of `files` may have at hand: those whose keys overlap are open at once. */
export function openSizes(
  files: readonly Pick<MergeFile, 'rowGroups'>[],
  { bytesMax, openMax, columnCount }: OpenShare,
): OpenSizes {
  const openAtOnce = Math.min(openMax, Math.max(1, overlapMax(files.map(boundsOf))));
  const bytesEach = bytesMax / openAtOnce;
  const windowBytes = Math.floor(bytesEach / columnCount);
  return {
    wholeBytesMax: bytesEach,
    windowBytes: Math.min(WINDOW_BYTES.max, Math.max(WINDOW_BYTES.min, windowBytes)),
  };
}

function boundsOf({ rowGroups }: Pick<MergeFile, 'rowGroups'>) {
  const [first] = rowGroups;
  return {
    lowerBound: rowGroups.reduce((least, { min }) => (least < min ? least : min), first?.min ?? 0n),
    upperBound: rowGroups.reduce((most, { max }) => (most > max ? most : max), first?.max ?? 0n),
  };
}
