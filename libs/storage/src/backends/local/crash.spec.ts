import { fakeClock } from '@ticklake/core/testing';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSystem } from '../../file-system.js';
import type { ObjectStore } from '../../object-store.js';
import { createScratchFile } from '../../scratch/create-scratch-file.js';
import { sweepScratch } from '../../scratch/sweep-scratch.js';
import { crashingFileSystem, isCrash } from '../../testing/index.js';
import type { CrashWhen } from '../../testing/crash.js';
import { localStore } from './local-store.js';

const OLD = Buffer.from('the old content');
const NEW = Buffer.from('the new and longer content');
const KEY = 'exchange=x/date=20260203/data.parquet';

/** One change, as a process makes it that may die at any system call. */
interface Scenario {
  readonly name: string;
  readonly before: Buffer | undefined;
  readonly after: Buffer | undefined;
  change(store: ObjectStore, fileSystem: FileSystem, scratch: string): Promise<unknown>;
}

const scenarios: Scenario[] = [
  {
    name: 'creating in a new directory',
    before: undefined,
    after: NEW,
    change: (store) => store.put(KEY, NEW, { onlyIf: 'absent' }),
  },
  {
    name: 'putting what is not there',
    before: undefined,
    after: NEW,
    change: (store) => store.put(KEY, NEW),
  },
  { name: 'replacing', before: OLD, after: NEW, change: (store) => store.put(KEY, NEW) },
  {
    name: 'comparing and swapping',
    before: OLD,
    after: NEW,
    change: async (store) => {
      const { meta } = await store.get(KEY);
      return store.put(KEY, NEW, { onlyIf: { etag: meta.etag } });
    },
  },
  {
    name: 'publishing a scratch file',
    before: undefined,
    after: NEW,
    change: async (store, fileSystem, directory) => {
      const scratch = await createScratchFile(directory, { fileSystem });
      await scratch.write(NEW.subarray(0, 7));
      await scratch.write(NEW.subarray(7));
      await store.put(KEY, await scratch.seal(), { onlyIf: 'absent' });
      await scratch.dispose();
    },
  },
  { name: 'deleting', before: OLD, after: undefined, change: (store) => store.delete(KEY) },
];

describe('a process that dies at any system call', () => {
  let base: string;
  let runs = 0;
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'ticklake-crash-'));
  });
  afterAll(() => rm(base, { recursive: true }));

  /** A run of `scenario` that dies at `failAt`; `undefined` when it ended before that. */
  async function dieIn(scenario: Scenario, failAt: number, when: CrashWhen) {
    const root = join(base, String(runs++));
    await mkdir(root);
    if (scenario.before !== undefined) await localStore(root).put(KEY, scenario.before);
    const fileSystem = crashingFileSystem(failAt, when);
    const scratch = join(root, '.scratch');
    try {
      await scenario.change(localStore(root, { fileSystem }), fileSystem, scratch);
    } catch (error) {
      if (!isCrash(error)) throw error;
    }
    return fileSystem.crashed ? { root, scratch } : undefined;
  }

  async function contentOf(store: ObjectStore): Promise<Buffer | undefined> {
    return (await store.head(KEY)) === undefined ? undefined : Buffer.from((await store.get(KEY)).bytes);
  }

  /** Everything that anybody may expect of a store in whose root somebody died. */
  async function checkRecovery(root: string, scratch: string, allowed: (Buffer | undefined)[]) {
    const store = localStore(root);
    const found = await contentOf(store);
    expect(allowed).toContainEqual(found);
    const listed = [];
    for await (const { key } of store.list('')) listed.push(key);
    expect(listed).toEqual(found === undefined ? [] : [KEY]);
    expect((await store.children('')).prefixes).toEqual(found === undefined ? [] : ['exchange=x/']);

    const head = await store.head(KEY);
    await store.put(KEY, OLD, { onlyIf: head === undefined ? 'absent' : head });
    await store.put(KEY, NEW);
    expect(await contentOf(store)).toEqual(NEW);

    const sweep = { clock: fakeClock(0), ageMinMs: Infinity };
    await sweepScratch(root, { ...sweep, recursive: true });
    await sweepScratch(scratch, { ...sweep, recursive: false });
    const names = (await readdir(root, { recursive: true })).filter((name) => /\.tmp-|\.lock-/.test(name));
    expect(names).toEqual([]);
    await store.delete(KEY);
    expect(await contentOf(store)).toBeUndefined();
  }

  for (const scenario of scenarios) {
    it.each(['before', 'half', 'after'] as const)(`${scenario.name}: %s each of them`, async (when) => {
      let points = 0;
      for (; ; points++) {
        const dead = await dieIn(scenario, points + 1, when);
        if (dead === undefined) break;
        await checkRecovery(dead.root, dead.scratch, [scenario.before, scenario.after]);
      }
      expect(points).toBeGreaterThan(8);
    });
  }
});
