import { isLakeError } from '@ticklake/core';
import { memoryStore, type ObjectMeta, type ObjectStore } from '@ticklake/storage';
import { createSpoolFiles } from './spool-files.js';

/** A store with objects `a`, `b`, `c` of 100 bytes each, and how often each is got. */
async function threeFiles() {
  const store = memoryStore();
  const objects: ObjectMeta[] = [];
  for (const key of ['a', 'b', 'c'])
    objects.push(await store.put(key, new Uint8Array(100).fill(key.charCodeAt(0))));
  const got: string[] = [];
  const counting: ObjectStore = {
    ...store,
    get(key) {
      got.push(key);
      return store.get(key);
    },
  };
  return { store, counting, objects, got };
}

describe('createSpoolFiles', () => {
  it('asks the store once for what fits, twice for the rest, and gives the same bytes', async () => {
    const { counting, objects, got } = await threeFiles();
    const files = createSpoolFiles(counting, { keptBytesMax: 250 });
    for (const object of objects) await files.openFirst(object);
    for (const object of objects) {
      const bytes = await (await files.openAgain(object)).read(0, object.size);
      expect([...bytes]).toEqual(new Array(100).fill(object.key.charCodeAt(0)));
    }
    expect(got).toEqual(['a', 'b', 'c', 'c']);
  });

  it('has room again for what it gave away', async () => {
    const { counting, objects, got } = await threeFiles();
    const files = createSpoolFiles(counting, { keptBytesMax: 100 });
    for (const object of objects) {
      await files.openFirst(object);
      await files.openAgain(object);
    }
    expect(got).toEqual(['a', 'b', 'c']);
  });

  it('opens the version that was listed, or none', async () => {
    const { store, counting, objects } = await threeFiles();
    const files = createSpoolFiles(counting, { keptBytesMax: 0 });
    const [first] = objects as [ObjectMeta];
    await files.openFirst(first);
    await store.put('a', new Uint8Array(1));
    const failure: unknown = await files.openAgain(first).catch((error: unknown) => error);
    expect(isLakeError(failure, 'conflict') && failure.code).toBe('SOURCE_CHANGED');
  });
});
