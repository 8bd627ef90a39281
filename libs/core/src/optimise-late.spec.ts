import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { optimiseLate } from './optimise-late.js';
import { takesOwnWork, V8_FLAGS_PROGRAM } from './testing/v8-flags-program.js';

const LATE = `(${optimiseLate.toString()})();`;

/** What a program comes to that calls a function so often, and whether V8 has optimised that. */
async function called(times: number, before: string) {
  const program = `
    ${V8_FLAGS_PROGRAM}
    ${before}
    let sum = 0;
    function add(i) {
      for (let j = 0; j < 20; j++) sum = (sum * 31 + i + j) | 0;
    }
    const done = (i) => new Promise((resolve) => setImmediate(() => resolve(add(i))));
    (async () => {
      for (let i = 0; i < ${times}; i++) await done(i);
      console.log('sum', sum);
    })();`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--trace-opt', '-e', program]);
  const lines = stdout.split('\n');
  return {
    sum: lines.find((line) => line.startsWith('sum')),
    isOptimised: lines.some((line) => /completed optimizing.* add /.test(line)),
    stderr,
  };
}

it('has V8 optimise later, without a word and with the same result', async () => {
  const isKnown = process.versions.v8.startsWith('11.');
  // So often that it is optimised by itself, and not yet when that is late; more often, it is then too.
  const [usual, few, many] = [await called(200, ''), await called(200, LATE), await called(3000, LATE)];
  expect(few.sum).toBe(usual.sum);
  expect([usual.isOptimised, few.isOptimised, many.isOptimised]).toEqual([true, !isKnown, true]);
  expect(few.stderr).toBe('');
});

it('can be set back', async () => {
  const isKnown = process.versions.v8.startsWith('11.');
  expect(await takesOwnWork(LATE)).toEqual({ whenSet: !isKnown, whenSetBack: true });
});
