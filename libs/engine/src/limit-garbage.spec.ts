import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { limitGarbage } from './limit-garbage.js';

/** Peaks of a program that makes much garbage and keeps little, in MiB: of new objects, and of all. */
async function peaksOf(before: string): Promise<{ young: number; all: number }> {
  const program = `
    const v8 = require('node:v8');
    const setFlagsFromString = v8.setFlagsFromString;
    ${before}
    const kept = [];
    let young = 0, all = 0;
    for (let i = 0; i < 4e6; i++) {
      kept[i % 100_000] = { i, text: [i] };
      if (i % 100_000 !== 0) continue;
      const spaces = v8.getHeapSpaceStatistics();
      young = Math.max(young, spaces.find(({ space_name }) => space_name === 'new_space').space_size);
      all = Math.max(all, spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0));
    }
    console.log(JSON.stringify({ young: young / 2 ** 20, all: all / 2 ** 20 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  return JSON.parse(stdout) as { young: number; all: number };
}

it('keeps the heap near what is in use', async () => {
  const [usual, limited] = [await peaksOf(''), await peaksOf(`(${limitGarbage.toString()})();`)];
  expect(limited.young).toBeLessThanOrEqual(2);
  expect(usual.young).toBeGreaterThan(8);
  expect(limited.all).toBeLessThan(usual.all);
});
