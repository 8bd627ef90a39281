import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { takesOwnWork, V8_FLAGS_PROGRAM } from '@ticklake/core/testing';
import { compileLightly } from './compile-lightly.js';

const LIGHTLY = `(${compileLightly.toString()})();`;

/** What a program comes to that calls functions until they are optimised, and how many others V8 has taken into those. */
async function run(before: string) {
  const program = `
    ${V8_FLAGS_PROGRAM}
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
  const [usual, light] = [await run(''), await run(LIGHTLY)];
  expect(light.sum).toBe(usual.sum);
  expect(light.stderr).toBe('');
  expect(light.inlined).toBeLessThan(usual.inlined);
});

it('can be set back', async () => {
  expect(await takesOwnWork(LIGHTLY)).toEqual({ whenSet: false, whenSetBack: true });
});
