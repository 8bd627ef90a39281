import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore } from '../backends/memory/index.js';
import { localStore } from '../backends/local/index.js';
import { describeObjectStore } from '../conformance/index.js';
import type { ObjectStore } from '../object-store.js';
import {
  crashingFileSystem,
  crashingStore,
  faultyStore,
  isCrash,
  powerCutFileSystem,
  recordFileSystem,
  recordStore,
} from './index.js';

describeObjectStore('a local store on a disk in memory', () =>
  Promise.resolve(localStore('/lake', { fileSystem: powerCutFileSystem() })),
);
describeObjectStore('a recorded store', () => Promise.resolve(recordStore(memoryStore()).store));

async function everything(store: ObjectStore): Promise<void> {
  await store.put('a/k', Buffer.from('x'));
  await store.head('a/k');
  await store.get('a/k');
  await (await store.open('a/k')).read(0, 1);
  for await (const { key } of store.list('')) expect(key).toBe('a/k');
  await store.children('a/');
  await store.delete('a/k');
}

it('recordStore tells what was asked', async () => {
  const { store, operations } = recordStore(memoryStore());
  await everything(store);
  expect(operations.map(({ name, key }) => `${name} ${key}`)).toEqual([
    'put a/k',
    'head a/k',
    'get a/k',
    'open a/k',
    'read a/k',
    'list ',
    'children a/',
    'delete a/k',
  ]);
});

describe('crashingStore', () => {
  it.each([
    ['before', undefined],
    ['after', 1],
  ] as const)('dies %s the operation and stays dead', async (when, size) => {
    const inner = memoryStore();
    const store = crashingStore(inner, 2, when);
    await store.head('k');
    const crash = await store.put('k', Buffer.from('x')).catch((error: unknown) => error);
    expect(isCrash(crash)).toBe(true);
    expect(store.crashed).toBe(true);
    expect((await inner.head('k'))?.size).toBe(size);
    const dead = await store.put('later', Buffer.from('x')).catch((error: unknown) => error);
    expect(isCrash(dead)).toBe(true);
    expect(await inner.head('later')).toBeUndefined();
  });

  it('counts every operation', async () => {
    let points = 0;
    for (; ; points++) {
      const store = crashingStore(memoryStore(), points + 1, 'before');
      await everything(store).catch((error: unknown) => expect(isCrash(error)).toBe(true));
      if (!store.crashed) break;
    }
    expect(points).toBe(8);
  });
});

describe('crashingFileSystem', () => {
  it('writes half and closes what was open', async () => {
    const base = await mkdtemp(join(tmpdir(), 'ticklake-half-'));
    const fileSystem = crashingFileSystem(2, 'half');
    const path = join(base, 'file');
    const file = await fileSystem.open(path, 'create');
    await expect(file.write(Buffer.from('0123456789'), 0)).rejects.toThrow('crash');
    expect((await readFile(path)).toString()).toBe('01234');
    await expect(file.close()).rejects.toThrow('crash');
    await expect(fileSystem.lstat(path)).rejects.toThrow('crash');
    expect(fileSystem.isAlive(fileSystem.owner)).toBe(false);
    await rm(base, { recursive: true });
  });

  it('counts the calls that recordFileSystem tells', async () => {
    const { fileSystem, operations } = recordFileSystem(powerCutFileSystem());
    await localStore('/lake', { fileSystem }).put('a/k', Buffer.from('x'));
    const dying = crashingFileSystem(operations.length, 'after', powerCutFileSystem());
    await localStore('/lake', { fileSystem: dying })
      .put('a/k', Buffer.from('x'))
      .catch(() => undefined);
    expect(dying.crashed).toBe(true);
    const living = crashingFileSystem(operations.length + 1, 'after', powerCutFileSystem());
    await localStore('/lake', { fileSystem: living }).put('a/k', Buffer.from('x'));
    expect(living.crashed).toBe(false);
  });
});

describe('faultyStore', () => {
  const plan = { seed: 7, rate: 0.3, kinds: ['unavailable', 'conflict'], when: 'either' } as const;

  async function outcomes(seed: number): Promise<string[]> {
    const inner = memoryStore();
    const store = faultyStore(inner, { ...plan, seed });
    const told: string[] = [];
    for (let i = 0; i < 200; i++) {
      const outcome = await store.put(`${i}`, Buffer.from('x')).then(
        () => 'done',
        (error: { kind: string }) => error.kind,
      );
      told.push(`${outcome} ${(await inner.head(`${i}`)) === undefined ? 'not there' : 'there'}`);
    }
    return told;
  }

  it('fails the same way for the same seed, and about as often as asked', async () => {
    const first = await outcomes(7);
    expect(await outcomes(7)).toEqual(first);
    expect(await outcomes(8)).not.toEqual(first);
    const failed = first.filter((told) => !told.startsWith('done'));
    expect(failed.length).toBeGreaterThan(30);
    expect(failed.length).toBeLessThan(90);
    expect(new Set(first)).toEqual(
      new Set([
        'done there',
        'unavailable there',
        'unavailable not there',
        'conflict there',
        'conflict not there',
      ]),
    );
  });
});
