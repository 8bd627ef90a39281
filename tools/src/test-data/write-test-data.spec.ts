import { localStore, memoryStore, type ObjectStore } from '@ticklake/storage';
import { resolve } from 'node:path';
import { TEST_DATA_FOLDERS, writeTestData } from './write-test-data.js';

const committed = localStore(resolve('../test-data'));

describe('test-data', () => {
  it('is, byte for byte, what the generator makes', async () => {
    const made = memoryStore();
    await writeTestData(made);
    const keys = await keysOf(made);
    expect(await keysOf(committed)).toEqual(keys);
    for (const key of keys) {
      const [expected, found] = [await made.get(key), await committed.get(key)];
      expect({ key, same: Buffer.compare(expected.bytes, found.bytes) }).toEqual({ key, same: 0 });
    }
  });

  it('is small', async () => {
    const sizes: number[] = [];
    for (const folder of TEST_DATA_FOLDERS) {
      for await (const { size } of committed.list(`${folder}/`)) sizes.push(size);
    }
    expect(sizes.length).toBeGreaterThan(50);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(400_000);
  });
});

async function keysOf(store: ObjectStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const folder of TEST_DATA_FOLDERS) {
    for await (const { key } of store.list(`${folder}/`)) keys.push(key);
  }
  return keys;
}
