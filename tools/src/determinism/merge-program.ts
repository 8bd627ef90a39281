// What `npm run determinism` runs under each version of Node: merges files in all ways, and says what each came to.
import { combinations, MERGE_DIMENSIONS } from './dimensions.js';
import { mergeInWay, type MergeTask } from './merge-in-way.js';
import type { MergeRun } from './run-merges.js';

const task = JSON.parse(process.argv[2] ?? '') as MergeTask;
const runs: MergeRun[] = [];
for (const { name, how } of combinations(MERGE_DIMENSIONS)) {
  runs.push({ name, how, outcome: await mergeInWay(task, how) });
}
process.stdout.write(JSON.stringify(runs));
