// Adds up what the Jest runs left in a folder, and the steps that failed, into the closing lines of .ci/run, the last
// of which has the counts:
//   node tools/test-counts.mjs FOLDER [FAILED-STEP…]
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', ...failedSteps] = process.argv.slice(2);
const runs = existsSync(folder)
  ? readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  : [];
const sum = (name) => runs.reduce((total, run) => total + run[name], 0);
const [passed, skipped] = [sum('passed'), sum('skipped')];

for (const { file, name, why } of runs.flatMap(({ failures }) => failures)) {
  console.log(`failed: ${file}: ${name}\n${why.replace(/^/gm, '    ')}`);
}
for (const name of failedSteps) console.log(`failed: ${name}`);
// A skip is allowed on a laptop and an error in CI.
const inCi = process.env.CI === 'true';
if (skipped > 0) console.log(`skipped: ${skipped} tests${inCi ? ', which CI does not allow' : ''}`);
if (passed === 0) console.log('no test ran');

const failed = Math.max(sum('failed') + (inCi ? skipped : 0), failedSteps.length, passed === 0 ? 1 : 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
