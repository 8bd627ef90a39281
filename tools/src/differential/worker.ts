// One of the processes of `npm run differential`: checks its share of the files and leaves what it found in a file.
import { writeFileSync } from 'node:fs';
import { checkFiles } from './check-files.js';
import type { Difference } from './check-file.js';
import type { WorkerResult, WorkerTask } from './run-workers.js';
import { tallyEntries, type Tally } from '../peers/tally.js';

const { range, progress, result } = JSON.parse(process.argv[2] ?? '') as WorkerTask;
const tally: Tally = new Map();
const differences: Difference[] = [];
await checkFiles(range, {
  tally,
  onStart: (index) => writeFileSync(progress, String(index)),
  onDifference: (difference) => differences.push(difference),
});
const found: WorkerResult = { differences, counted: tallyEntries(tally) };
writeFileSync(result, JSON.stringify(found));
