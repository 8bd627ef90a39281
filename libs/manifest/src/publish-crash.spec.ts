import { isLakeError, sha256Of } from '@ticklake/core';
import { localStore, memoryStore, nodeFileSystem, type ObjectStore } from '@ticklake/storage';
import {
  crashingFileSystem,
  crashingStore,
  type CrashState,
  type CrashWhen,
} from '@ticklake/storage/testing';
import { publishParquet } from './publish-parquet.js';
import { readPublished } from './read-published.js';
import { DIRECTORY, exampleDataset, examplePublication } from './spec-support/example-publication.js';
import { exampleRows, type ExampleRow } from './spec-support/example-rows.js';
import { exampleBytes } from './spec-support/parquet-bytes.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';

const temporaryDirectory = temporaryDirectories();
const oldRows = exampleRows(30, 1);
const newRows = exampleRows(40);

/** What was there before, and what runs over it. */
interface Scenario {
  readonly name: string;
  readonly replace: boolean;
  prepare(store: ObjectStore, scratchDirectory: string): Promise<unknown>;
}

const publish = (
  store: ObjectStore,
  scratchDirectory: string,
  rows: readonly ExampleRow[],
  { replace = false, fileSystem = nodeFileSystem } = {},
) =>
  publishParquet(examplePublication({ store, scratchDirectory, rows, changes: { replace } }), { fileSystem });

const scenarios: readonly Scenario[] = [
  { name: 'a first publication', replace: false, prepare: () => Promise.resolve() },
  {
    name: 'a first publication beside an orphan of somebody else',
    replace: false,
    prepare: async (store) => store.put(`${DIRECTORY}data.parquet`, await exampleBytes(oldRows)),
  },
  {
    name: 'a replacement',
    replace: true,
    prepare: (store, scratchDirectory) => publish(store, scratchDirectory, oldRows),
  },
  {
    name: 'the second replacement, back to what was there first',
    replace: true,
    prepare: async (store, scratchDirectory) => {
      await publish(store, scratchDirectory, newRows);
      await publish(store, scratchDirectory, oldRows, { replace: true });
    },
  },
];

/** What a reader who follows the rule sees, proved by its bytes; `undefined` when nothing is published. */
async function seenBy(
  store: ObjectStore,
): Promise<{ sha256: string; data: string; generation: number } | undefined> {
  const published = await readPublished(exampleDataset(store));
  if (published === undefined) return undefined;
  const { sha256, data, generation } = published.manifest;
  expect(await sha256Of(published.data)).toBe(sha256);
  return { sha256, data, generation };
}

/** What a reader who knows only the fixed name sees. */
async function fixedName(store: ObjectStore): Promise<string | undefined> {
  try {
    return await sha256Of(await store.open(`${DIRECTORY}data.parquet`));
  } catch (failure) {
    if (isLakeError(failure, 'missing')) return undefined;
    throw failure;
  }
}

describe.each(scenarios)('dying in $name', ({ replace, prepare }) => {
  /** Runs with a crash at every operation, then looks, then runs again and looks again. */
  async function crashEverywhere(options: {
    readonly open: (scratchDirectory: string) => Promise<{ store: ObjectStore; reopen: () => ObjectStore }>;
    readonly run: (store: ObjectStore, scratchDirectory: string, failAt: number) => Promise<CrashState>;
  }): Promise<number> {
    const reference = memoryStore();
    const scratchDirectory = await temporaryDirectory();
    await prepare(reference, scratchDirectory);
    const before = await seenBy(reference);
    const fixedBefore = await fixedName(reference);
    await publish(reference, scratchDirectory, newRows, { replace });
    const after = await seenBy(reference);
    const fixedAfter = await fixedName(reference);

    for (let failAt = 1; ; failAt++) {
      const { store, reopen } = await options.open(await temporaryDirectory());
      await prepare(store, scratchDirectory);
      const { crashed } = await options.run(store, scratchDirectory, failAt);
      const seen = await seenBy(reopen());
      // Old or new, complete; what is staged is under another name but the same bytes.
      if (seen?.sha256 !== before?.sha256 || !crashed) expect(seen?.sha256).toBe(after?.sha256);
      const seenAtFixedName = await fixedName(reopen());
      if (fixedBefore !== undefined || seenAtFixedName !== undefined) {
        expect([fixedBefore, fixedAfter]).toContain(seenAtFixedName);
      }
      if (!crashed) return failAt - 1;
      await publish(reopen(), scratchDirectory, newRows, { replace });
      expect(await seenBy(reopen())).toEqual(after);
      expect(await fixedName(reopen())).toBe(fixedAfter);
    }
  }

  const dying = async (crash: CrashState, run: Promise<unknown>): Promise<CrashState> => {
    try {
      await run;
    } catch (failure) {
      if (!crash.crashed) throw failure;
    }
    return crash;
  };

  it.each(['before', 'after'] as const)('%s any operation of the store', async (when) => {
    const points = await crashEverywhere({
      open: () => {
        const store = memoryStore();
        return Promise.resolve({ store, reopen: () => store });
      },
      run: (store, scratchDirectory, failAt) => {
        const crash = crashingStore(store, failAt, when);
        return dying(crash, publish(crash, scratchDirectory, newRows, { replace }));
      },
    });
    expect(points).toBeGreaterThanOrEqual(5);
  });

  it('any operation of the store, and again while recovering', async () => {
    const scratchDirectory = await temporaryDirectory();
    const crashAt = async (store: ObjectStore, failAt: number) => {
      const crash = crashingStore(store, failAt, 'after');
      return dying(crash, publish(crash, scratchDirectory, newRows, { replace }));
    };
    let pairs = 0;
    for (let first = 1, isOver = false; !isOver; first++) {
      for (let second = 1; ; second++) {
        const store = memoryStore();
        await prepare(store, scratchDirectory);
        isOver = !(await crashAt(store, first)).crashed;
        const { crashed } = await crashAt(store, second);
        await seenBy(store);
        await publish(store, scratchDirectory, newRows, { replace });
        expect(await seenBy(store)).toMatchObject({ data: 'data.parquet' });
        expect(await fixedName(store)).toBe((await seenBy(store))?.sha256);
        if (!crashed) break;
        pairs++;
      }
    }
    expect(pairs).toBeGreaterThanOrEqual(12);
  });

  it.each<CrashWhen>(['half', 'after'])('%s any call to the disk', async (when) => {
    const points = await crashEverywhere({
      open: (root) => Promise.resolve({ store: localStore(root), reopen: () => localStore(root) }),
      run: (store, scratchDirectory, failAt) => {
        const fileSystem = crashingFileSystem(failAt, when);
        const root = new URL(store.url).pathname;
        const local = localStore(root, { fileSystem });
        return dying(fileSystem, publish(local, scratchDirectory, newRows, { replace, fileSystem }));
      },
    });
    expect(points).toBeGreaterThanOrEqual(20);
  });
});

it('a staged object that is swept away while it is looked at is staged again', async () => {
  const scratchDirectory = await temporaryDirectory();
  const died = memoryStore();
  await publish(died, scratchDirectory, oldRows);
  await publish(died, scratchDirectory, newRows, { replace: true });
  const { generation, data } = (await seenBy(died)) ?? {};
  expect({ generation, data }).toEqual({ generation: 2, data: 'data.parquet' });
  const [staged] = (await died.children(DIRECTORY)).objects.filter(({ key }) => key.includes('-g2-'));
  const store = memoryStore();
  await publish(store, scratchDirectory, oldRows);
  const key = staged?.key ?? '';
  await store.put(key, (await died.get(key)).bytes);
  let isSwept = false;
  const swept: ObjectStore = {
    ...store,
    async open(opened) {
      if (opened === key && !isSwept) await store.delete(key);
      isSwept ||= opened === key;
      return store.open(opened);
    },
  };
  await publish(swept, scratchDirectory, newRows, { replace: true });
  expect(isSwept).toBe(true);
  expect(await seenBy(store)).toMatchObject({ generation: 2, data: 'data.parquet' });
  expect(await store.head(key)).toBeDefined();
});
