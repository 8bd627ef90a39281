import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The beginning of a program for a process of its own, in which functions that set flags of V8 may stand as text. */
export const V8_FLAGS_PROGRAM = `
  const { setFlagsFromString } = require('node:v8');
  const usualFlags = [];
  function setV8Flags(flags) {
    for (const [flag, usual] of Object.entries(flags)) {
      setFlagsFromString(flag);
      usualFlags.push(usual);
    }
  }`;

/**
 * Whether V8 takes what it compiled before, once the program text `set` has set flags and once they are set back: only then are all
 * flags what they were. In a process of its own.
 */
export async function takesOwnWork(set: string): Promise<{ whenSet: boolean; whenSetBack: boolean }> {
  const program = `${V8_FLAGS_PROGRAM}
    const { Script } = require('node:vm');
    const cachedData = new Script('(a) => a + 1', { filename: 'compiled' }).createCachedData();
    const takes = (filename) => !new Script('(a) => a + 1', { filename, cachedData }).cachedDataRejected;
    ${set}
    const whenSet = takes('set');
    usualFlags.forEach((flag) => setFlagsFromString(flag));
    console.log(JSON.stringify({ whenSet, whenSetBack: takes('set back') }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  return JSON.parse(stdout) as { whenSet: boolean; whenSetBack: boolean };
}
