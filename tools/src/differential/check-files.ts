import { checkFile, type Difference } from './check-file.js';
import { openBench } from './bench.js';
import { generatedFile } from './generated-file.js';
import type { Tally } from '../peers/tally.js';

/** Which files of which set: `first`, `first + step`… below `files`. */
export interface FileRange {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly files: number;
}

/** Checks the files of a range, one after the other. */
export async function checkFiles(
  { seed, first, step, files }: FileRange,
  {
    tally,
    onStart,
    onDifference,
  }: {
    readonly tally: Tally;
    /** Before each file, so that a crash can be told to be of it. */
    readonly onStart: (index: number) => void;
    readonly onDifference: (difference: Difference) => void;
  },
): Promise<void> {
  const bench = await openBench();
  try {
    for (let index = first; index < files; index += step) {
      onStart(index);
      const found = await checkFile(generatedFile(seed, index), { bench, tally });
      found.forEach(onDifference);
    }
  } finally {
    await bench.close();
  }
}
