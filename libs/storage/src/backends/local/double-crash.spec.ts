import { fakeClock } from '@ticklake/core/testing';
import { sweepScratch } from '../../scratch/sweep-scratch.js';
import { crashingFileSystem, powerCutFileSystem, type PowerCutFileSystem } from '../../testing/index.js';
import { localStore } from './local-store.js';

const OLD = Buffer.from('the old content');
const NEW = Buffer.from('the new and longer content');

/** A put over `OLD` by a process that dies at system call `failAt`; whether it did. */
async function dieReplacing(
  disk: PowerCutFileSystem,
  failAt: number,
  when: 'before' | 'after',
): Promise<boolean> {
  const fileSystem = crashingFileSystem(failAt, when, disk);
  await localStore('/lake', { fileSystem })
    .put('a/k', NEW)
    .catch(() => undefined);
  return fileSystem.crashed;
}

/** Every name on the disk that belongs to the local backend itself. */
async function leftovers(disk: PowerCutFileSystem): Promise<string[]> {
  const names = [...(await disk.readdir('/lake')), ...(await disk.readdir('/lake/a'))].map(
    ({ name }) => name,
  );
  return names.filter((name) => /^\.(tmp|lock)-/.test(name));
}

describe('a process that dies after another has died', () => {
  it.each(['before', 'after'] as const)(
    'leaves a store that works: %s any pair of system calls',
    async (when) => {
      let pairs = 0;
      for (let first = 1, dies = true; dies; first++) {
        for (let second = 1, diesToo = true; dies && diesToo; second++) {
          for (const third of [1, 6, 9, 12, Infinity]) {
            const disk = powerCutFileSystem();
            const store = localStore('/lake', { fileSystem: disk });
            await store.put('a/k', OLD);
            dies = await dieReplacing(disk, first, when);
            diesToo = await dieReplacing(disk, second, when);
            // A third that dies meets tombstones of tombstones.
            await dieReplacing(disk, third, when);
            pairs++;

            const { meta, bytes } = await store.get('a/k');
            expect([OLD, NEW]).toContainEqual(Buffer.from(bytes));
            const put = await store.put('a/k', Buffer.from('next'), { onlyIf: meta });
            expect(await store.head('a/k')).toEqual(put);
            await sweepScratch('/lake', {
              fileSystem: disk,
              clock: fakeClock(0),
              ageMinMs: Infinity,
              recursive: true,
            });
            expect(await leftovers(disk)).toEqual([]);
          }
        }
      }
      expect(pairs).toBeGreaterThan(1000);
    },
  );
});
