import { isLakeError, systemClock } from '@ticklake/core';
import { lutimes, mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem, type FileSystem } from '../../file-system.js';
import { formatOwner, randomToken, type Owner } from '../../owner.js';
import { crashingFileSystem, powerCutFileSystem } from '../../testing/index.js';
import { localStore } from './local-store.js';
import { lockPathOf, underLock } from './lock.js';

/** The disk as another thread or copy of this library sees it: the same process, a lock owner of its own. */
function elsewhere(owner: Partial<Owner> = {}): FileSystem {
  const instance = randomToken();
  return { ...nodeFileSystem, owner: { ...nodeFileSystem.owner, instance, ...owner } };
}

describe('underLock', () => {
  let root: string;
  let path: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ticklake-lock-'));
    path = join(root, 'document.json');
  });
  afterEach(() => rm(root, { recursive: true }));

  const leaveLock = (owner: Owner) => symlink(formatOwner(owner, randomToken()), lockPathOf(path));

  it('waits for a living owner, however it is left waiting', async () => {
    await leaveLock(elsewhere().owner);
    let ran = false;
    const waiting = underLock(nodeFileSystem, path, async () => {
      ran = true;
    });
    await systemClock.sleep(60);
    expect(ran).toBe(false);
    await rm(lockPathOf(path));
    await waiting;
    expect(ran).toBe(true);
    expect(await readdir(root)).toEqual([]);
  });

  it('does not wait for the dead', async () => {
    const { pid, startTicks } = nodeFileSystem.owner;
    for (const dead of [{ pid: 2 ** 22 + 1 }, { pid, startTicks: `${Number(startTicks) - 1}` }]) {
      await leaveLock(elsewhere(dead).owner);
      expect(await underLock(nodeFileSystem, path, () => Promise.resolve('done'))).toBe('done');
      expect(await readdir(root)).toEqual([]);
    }
  });

  it('takes its own lock back after a release that failed', async () => {
    let failing = true;
    const fileSystem: FileSystem = {
      ...elsewhere(),
      unlink: (name) =>
        failing
          ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'unlink' }))
          : rm(name),
    };
    expect(await underLock(fileSystem, path, () => Promise.resolve(1))).toBe(1);
    expect(await readdir(root)).toHaveLength(1);
    failing = false;
    expect(await underLock(fileSystem, path, () => Promise.resolve(2))).toBe(2);
    expect(await readdir(root)).toEqual([]);
  });

  it('judges the locks of another boot or host by their age', async () => {
    const foreign = elsewhere({ world: 'ffffffffffff' }).owner;
    await leaveLock(foreign);
    let ran = false;
    const waiting = underLock(nodeFileSystem, path, async () => {
      ran = true;
    });
    await systemClock.sleep(60);
    expect(ran).toBe(false);
    expect(await readlink(lockPathOf(path))).toContain('ffffffffffff');
    const long = systemClock.nowMs() / 1000 - 600;
    await lutimes(lockPathOf(path), long, long);
    await waiting;
    expect(ran).toBe(true);
  });

  it('is given to one at a time, and back after a failure', async () => {
    const order: number[] = [];
    const works = [1, 2, 3].map((number) =>
      underLock(nodeFileSystem, path, async () => {
        order.push(number);
        await systemClock.sleep(2);
        order.push(number);
        if (number === 2) throw new Error('two');
      }),
    );
    const outcomes = await Promise.allSettled(works);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(order).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('excludes owners that share nothing but the disk', async () => {
    let inside = 0;
    let turns = 0;
    const worker = async () => {
      const fileSystem = elsewhere();
      for (let turn = 0; turn < 12; turn++) {
        await underLock(fileSystem, path, async () => {
          expect(++inside).toBe(1);
          await systemClock.sleep(1);
          inside--;
          turns++;
        });
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(turns).toBe(96);
  });
});

describe('processes that compare and swap and die at any moment', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'lose no increment and invent none (%i)',
    async (seed) => {
      const disk = powerCutFileSystem();
      const processes: { readonly ticks: string; readonly dead: () => boolean }[] = [];
      /** A process that others see alive until it dies. */
      const start = (failAt: number): FileSystem => {
        const dying = crashingFileSystem(failAt, failAt % 2 === 0 ? 'before' : 'after', disk);
        processes.push({ ticks: dying.owner.startTicks, dead: () => dying.crashed });
        return {
          ...dying,
          isAlive: ({ startTicks }) => processes.some(({ ticks, dead }) => ticks === startTicks && !dead()),
        };
      };
      let promised = 0;
      let deaths = 0;
      const increments = async (fileSystem: FileSystem) => {
        const store = localStore('/lake', { fileSystem });
        for (;;) {
          const { meta, bytes } = await store.get('counter');
          try {
            await store.put('counter', Buffer.from(`${Number(Buffer.from(bytes)) + 1}`), { onlyIf: meta });
            promised++;
          } catch (error) {
            if (!isLakeError(error, 'conflict')) throw error;
          }
        }
      };
      const worker = async (worker: number) => {
        for (let life = 0; life < 12; life++) {
          await increments(start(15 + ((seed * 31 + worker * 17 + life * 7) % 90))).catch(() => deaths++);
        }
      };
      await localStore('/lake', { fileSystem: start(Infinity) }).put('counter', Buffer.from('0'));
      await Promise.all(Array.from({ length: 6 }, (_, index) => worker(index)));

      const { bytes } = await localStore('/lake', { fileSystem: start(Infinity) }).get('counter');
      const counted = Number(Buffer.from(bytes));
      expect(deaths).toBe(72);
      expect(counted).toBeGreaterThanOrEqual(promised);
      // A process that died may have made one more than it lived to tell.
      expect(counted).toBeLessThanOrEqual(promised + deaths);
      expect(promised).toBeGreaterThan(50);
    },
  );
});
