import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { takesOwnWork, V8_FLAGS_PROGRAM } from '@ticklake/core/testing';
import { limitGarbage } from './limit-garbage.js';

/** Peaks of a program that makes much garbage and keeps little, in MiB: of new objects, as they were before, and of all. */
async function peaksOf(before: string): Promise<{ young: number; youngBefore: number; all: number }> {
  const program = `
    const v8 = require('node:v8');
    ${V8_FLAGS_PROGRAM}
    const roomOf = (spaces) => spaces.find(({ space_name }) => space_name === 'new_space').space_size;
    ${before}
    const youngBefore = roomOf(v8.getHeapSpaceStatistics());
    const kept = [];
    let young = 0, all = 0;
    for (let i = 0; i < 4e6; i++) {
      kept[i % 100_000] = { i, text: [i] };
      if (i % 100_000 !== 0) continue;
      const spaces = v8.getHeapSpaceStatistics();
      young = Math.max(young, roomOf(spaces));
      all = Math.max(all, spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0));
    }
    const inMiB = Object.entries({ young, youngBefore, all }).map(([name, bytes]) => [name, bytes / 2 ** 20]);
    console.log(JSON.stringify(Object.fromEntries(inMiB)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  return JSON.parse(stdout) as { young: number; youngBefore: number; all: number };
}

const LIMIT = `(${limitGarbage.toString()})();`;

it('keeps the heap near what is in use', async () => {
  const [usual, limited] = [await peaksOf(''), await peaksOf(LIMIT)];
  expect(limited.young).toBeLessThanOrEqual(2);
  expect(usual.young).toBeGreaterThan(8);
  expect(limited.all).toBeLessThan(usual.all);
});

it('leaves new objects the room that they have by then, and no more', async () => {
  const grow =
    'const first = []; while (roomOf(v8.getHeapSpaceStatistics()) < 2 ** 22) first.push({ text: [first] });';
  const { young, youngBefore } = await peaksOf(grow + LIMIT);
  expect(youngBefore).toBeGreaterThanOrEqual(4);
  expect(young).toBeLessThanOrEqual(youngBefore);
});

it('can be set back', async () => {
  expect(await takesOwnWork(LIMIT)).toEqual({ whenSet: false, whenSetBack: true });
});
