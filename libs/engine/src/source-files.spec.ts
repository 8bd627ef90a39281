import { createHash } from 'node:crypto';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { interceptStore } from '@ticklake/storage/testing';
import { createSpoolFiles, type SpoolFilesOptions } from './spool-files.js';
import { ARENA } from './testing/context.js';
import { parquetBytes, putSpool, spoolBatch, type SpoolRow } from './testing/spool.js';

const ROWS: SpoolRow[] = [
  [1n, 1, 'A'],
  [2n, 2, 'B'],
];
const SIZES = { wholeBytesMax: 1 << 20, windowBytes: 1 << 16 };

/** A store with three spool files, and what was read of them. */
async function spool(): Promise<{ store: ObjectStore; reads: string[] }> {
  const inner = memoryStore();
  for (const name of ['a', 'b', 'c']) await putSpool(inner, name, ROWS);
  const reads: string[] = [];
  const store = interceptStore(inner, ({ name, key }, work) => {
    if (name === 'get' || name === 'open' || name === 'read') reads.push(`${name} ${key}`);
    return work();
  });
  return { store, reads };
}

function filesOf(store: ObjectStore, options: Partial<SpoolFilesOptions> = {}) {
  return createSpoolFiles(store, { arena: ARENA, keptBytesMax: 1 << 20, wholeBytesMax: 1 << 20, ...options });
}

describe('spool files', () => {
  it('are read once where there is room for them between their two uses', async () => {
    const { store, reads } = await spool();
    const { objects } = await store.children('');
    const size = objects[0]?.size ?? 0;
    const files = filesOf(store, { keptBytesMax: 2 * size });
    for (const object of objects) {
      const sha256 = await files.inspect(object, ({ sha256: hash, reader }) => {
        expect(reader.rowCount).toBe(2);
        return Promise.resolve(hash);
      });
      const { bytes } = await store.get(object.key);
      expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    reads.length = 0;
    for (const object of objects) {
      const reader = await files.open(object, SIZES);
      expect((await reader.column('price').take(2)).layout).toBe('fixed');
      reader.close();
    }
    expect(reads).toEqual(['get c']);
    files.dispose();
    expect(ARENA.usedBytes).toBe(0);
  });

  it('too large to be read whole are read in parts', async () => {
    const { store, reads } = await spool();
    const { objects } = await store.children('');
    const [object] = objects;
    if (object === undefined) throw new Error('no object');
    const files = filesOf(store, { wholeBytesMax: object.size - 1 });
    await files.inspect(object, ({ reader }) => Promise.resolve(expect(reader.rowCount).toBe(2)));
    const reader = await files.open(object, { ...SIZES, wholeBytesMax: object.size - 1 });
    reader.close();
    expect(reads.filter((read) => read.startsWith('get'))).toEqual([]);
    expect(reads.filter((read) => read.startsWith('open'))).toEqual(['open a', 'open a']);
    files.dispose();
    expect(ARENA.usedBytes).toBe(0);
  });

  it('that were never asked for again, or are damaged, hold nothing when they are disposed of', async () => {
    const { store } = await spool();
    await store.put('d', (await parquetBytes(spoolBatch(ROWS))).subarray(0, 100));
    const { objects } = await store.children('');
    const files = filesOf(store);
    const inspected = objects.map((object) => files.inspect(object, () => Promise.resolve(object.key)));
    const results = await Promise.allSettled(inspected);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    const [first] = objects;
    if (first === undefined) throw new Error('no object');
    await expect(files.inspect(first, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    files.dispose();
    expect(ARENA.usedBytes).toBe(0);
  });

  it.each([1 << 20, 0])(
    'that changed since they were listed are refused, whole up to %d bytes',
    async (whole) => {
      const { store } = await spool();
      const [object] = (await store.children('')).objects;
      if (object === undefined) throw new Error('no object');
      await putSpool(store, 'a', ROWS.slice(1));
      const files = filesOf(store, { wholeBytesMax: whole });
      const changed = { kind: 'conflict', code: 'SOURCE_CHANGED' };
      await expect(files.inspect(object, () => Promise.resolve())).rejects.toMatchObject(changed);
      await expect(files.open(object, { ...SIZES, wholeBytesMax: whole })).rejects.toMatchObject(changed);
      files.dispose();
      expect(ARENA.usedBytes).toBe(0);
    },
  );
});
