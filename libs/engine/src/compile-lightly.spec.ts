import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compileLate, compileLightly } from './compile-lightly.js';

/** What a program comes to that calls functions until they are optimised, and how many others V8 has taken into those. */
async function run(before: string) {
  const program = `
    const { setFlagsFromString } = require('node:v8');
    ${before}
    const inner = (a, b) => ((((((a * 3 + b) ^ (a >> 2)) + b * 5) ^ (b >> 3)) + a * 7) ^ (a >> 4)) + b * 11;
    const outer = (a, b) => inner(a, b) + inner(b, a) + inner(a + 1, b) + inner(b + 1, a) + inner(a, b + 1) + inner(b, a + 1);
    let sum = 0;
    for (let i = 0; i < 300_000; i++) sum = (sum + outer(i, sum)) | 0;
    console.log('sum', sum);`;
  const traced = await promisify(execFile)(process.execPath, ['--trace-turbo-inlining', '-e', program]);
  const lines = traced.stdout.split('\n');
  return {
    sum: lines.find((line) => line.startsWith('sum')),
    inlined: lines.filter((line) => /^Inlining.*inner/.test(line)).length,
    stderr: traced.stderr,
  };
}

it('has V8 take in less, without a word and with the same result', async () => {
  const [usual, light] = [await run(''), await run(`(${compileLightly.toString()})();`)];
  expect(light.sum).toBe(usual.sum);
  expect(light.stderr).toBe('');
  expect(light.inlined).toBeLessThan(usual.inlined);
});

/** What a program comes to that calls a function so often, and whether V8 has optimised that. */
async function called(times: number, before: string) {
  const program = `
    const { setFlagsFromString } = require('node:v8');
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
  const late = `(${compileLate.toString()})();`;
  // So often that it is optimised by itself, and not yet when that is late; more often, it is then too.
  const [usual, few, many] = [await called(200, ''), await called(200, late), await called(3000, late)];
  expect(few.sum).toBe(usual.sum);
  expect([usual.isOptimised, few.isOptimised, many.isOptimised]).toEqual([true, false, true]);
  expect(few.stderr).toBe('');
});
