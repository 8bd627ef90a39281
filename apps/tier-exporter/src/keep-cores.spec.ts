import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { optimiseLate } from '@ticklake/core';
import { takesOwnWork, V8_FLAGS_PROGRAM } from '@ticklake/core/testing';
import { keepCores } from './keep-cores.js';

const KEPT = `${optimiseLate.toString()}; (${keepCores.toString()})();`;

/** How often V8 optimises functions of a program that calls some of them a few thousand times. */
async function run(before: string) {
  const program = `
    ${V8_FLAGS_PROGRAM}
    ${before}
    const steps = Array.from({ length: 40 }, (_, i) => new Function('a', 'b', 'return ((a * ' + i + ' + b) ^ (b >> 3)) + a * 7'));
    let sum = 0;
    for (let i = 0; i < 4000; i++) for (const step of steps) sum = (sum + step(i, sum)) | 0;
    console.log('sum', sum);`;
  const traced = await promisify(execFile)(process.execPath, ['--trace-opt', '-e', program], {
    maxBuffer: 2 ** 26,
  });
  const lines = traced.stdout.split('\n');
  return {
    sum: lines.find((line) => line.startsWith('sum')),
    optimised: lines.filter((line) => /^\[completed optimizing .*TURBOFAN/.test(line)).length,
    stderr: traced.stderr,
  };
}

it('has V8 compile no more than by itself, without a word and with the same result', async () => {
  const [usual, kept] = [await run(''), await run(KEPT)];
  expect(kept.sum).toBe(usual.sum);
  expect(kept.stderr).toBe('');
  expect(kept.optimised).toBeLessThanOrEqual(usual.optimised);
});

it('can be set back', async () => {
  expect(await takesOwnWork(KEPT)).toEqual({ whenSet: false, whenSetBack: true });
});
