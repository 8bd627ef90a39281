// Leaves what a Jest run came to in the folder that TICKLAKE_TEST_COUNTS names, for .ci/run to add up and to name.
const { mkdirSync, writeFileSync } = require('node:fs');
const { basename, join, relative } = require('node:path');
const { stripVTControlCharacters } = require('node:util');

module.exports = class CountReporter {
  onRunComplete(_contexts, results) {
    const folder = process.env.TICKLAKE_TEST_COUNTS;
    if (folder === undefined || folder === '') return;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
      failures: results.testResults.flatMap(failuresOf),
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(counts));
  }
};

/** What failed of a suite, each with where and the beginning of why. */
function failuresOf({ testFilePath, testResults, testExecError }) {
  const file = join(basename(process.cwd()), relative(process.cwd(), testFilePath));
  const failed = testResults.filter(({ status }) => status === 'failed');
  const tests = failed.map(({ fullName, failureMessages }) => ({
    file,
    name: fullName,
    why: firstLines(failureMessages.join('\n')),
  }));
  return testExecError
    ? [...tests, { file, name: 'did not run', why: firstLines(testExecError.message ?? '') }]
    : tests;
}

/** Without colours. */
function firstLines(text) {
  return stripVTControlCharacters(text).split('\n').slice(0, 12).join('\n');
}
