import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { interceptStore } from '@ticklake/storage/testing';
import { USUAL_LIMITS } from '@ticklake/parquet';
import { createSourceFiles, wholeBytesMaxOf, type SourceFilesOptions } from './source-files.js';
import { ARENA } from './spec-support/test-arena.js';
import { fileOf } from './spec-support/test-files.js';

/** Pages and row groups of many rows, as they are. */
const LARGE = { rowGroupRows: 1_000_000, pageRows: 20_000, compression: 'none' } as const;

const SIZES = { wholeBytesMax: 1 << 20, windowBytes: 1 << 16 };

/** The bytes of a file with so many rows, of which no encoding makes fewer. */
function bytesOf(rowCount: number, how: Parameters<typeof fileOf>[1] = {}): Promise<Uint8Array> {
  const values = BigInt64Array.from({ length: rowCount }, (_, row) =>
    BigInt.asIntN(64, BigInt(row * row) * 0x9e37_79b9_7f4a_7c15n),
  );
  const type = { kind: 'int', bits: 64, signed: true } as const;
  const schema = { fields: [{ name: 'ts', type, nullable: false }] };
  return fileOf({ schema, rowCount, columns: [{ layout: 'fixed', values }] }, how);
}

/** A store with three files, far away unless told otherwise, and what was read of them. */
async function filled({ isLocal = false } = {}): Promise<{ store: ObjectStore; reads: string[] }> {
  const inner = memoryStore();
  for (const name of ['a', 'b', 'c']) await inner.put(name, await bytesOf(2));
  const reads: string[] = [];
  const store = interceptStore({ ...inner, isLocal }, ({ name, key }, work) => {
    if (name === 'get' || name === 'open' || name === 'read') reads.push(`${name} ${key}`);
    return work();
  });
  return { store, reads };
}

function filesOf(store: ObjectStore, options: Partial<SourceFilesOptions> = {}) {
  return createSourceFiles(store, {
    ...{ arena: ARENA, limits: USUAL_LIMITS, keptBytesMax: 1 << 20, wholeBytesMax: 1 << 20 },
    ...options,
  });
}

describe('source files', () => {
  it('are read once where there is room for them between their two uses', async () => {
    const { store, reads } = await filled();
    const { objects } = await store.children('');
    const size = objects[0]?.size ?? 0;
    const files = filesOf(store, { keptBytesMax: 2 * size });
    for (const object of objects) {
      await files.inspect(object, async ({ source, reader }) => {
        expect(reader.rowCount).toBe(2);
        expect(await source.read(0, source.size)).toEqual((await store.get(object.key)).bytes);
      });
    }
    reads.length = 0;
    for (const object of objects) {
      const reader = await files.open(object, SIZES);
      expect((await reader.column('ts').take(2)).layout).toBe('fixed');
      reader.close();
    }
    expect(reads).toEqual(['get c']);
    files.dispose();
    expect(ARENA.usedBytes).toBe(0);
  });

  it('of a store on this machine are read twice', async () => {
    const { store, reads } = await filled({ isLocal: true });
    const { objects } = await store.children('');
    const files = filesOf(store);
    for (const object of objects) await files.inspect(object, () => Promise.resolve());
    expect(ARENA.usedBytes).toBe(0);
    for (const object of objects) (await files.open(object, SIZES)).close();
    expect(reads).toEqual(['get a', 'get b', 'get c', 'get a', 'get b', 'get c']);
    files.dispose();
  });

  it('too large to be read whole are read in parts', async () => {
    const { store, reads } = await filled();
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
    const { store } = await filled();
    await store.put('d', (await bytesOf(2)).subarray(0, 100));
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
      const { store } = await filled();
      const [object] = (await store.children('')).objects;
      if (object === undefined) throw new Error('no object');
      await store.put('a', await bytesOf(1));
      const files = filesOf(store, { wholeBytesMax: whole });
      const changed = { kind: 'conflict', code: 'SOURCE_CHANGED' };
      await expect(files.inspect(object, () => Promise.resolve())).rejects.toMatchObject(changed);
      await expect(files.open(object, { ...SIZES, wholeBytesMax: whole })).rejects.toMatchObject(changed);
      files.dispose();
      expect(ARENA.usedBytes).toBe(0);
    },
  );
});

describe('what is read as a whole', () => {
  it('is less on this machine, whatever there is room for', async () => {
    expect([wholeBytesMaxOf({ isLocal: true }), wholeBytesMaxOf({ isLocal: false })]).toEqual([
      4 * 2 ** 20,
      16 * 2 ** 20,
    ]);
    const wholeBytesMax = 2 ** 30;
    for (const isLocal of [true, false]) {
      const { store, reads } = await filled({ isLocal });
      await store.put('x/large', await bytesOf(600_000, LARGE));
      const [object] = (await store.children('x/')).objects;
      if (object === undefined) throw new Error('no object');
      expect(object.size).toBeGreaterThan(wholeBytesMaxOf({ isLocal: true }));
      const files = filesOf(store, { wholeBytesMax });
      await files.inspect(object, ({ reader }) => Promise.resolve(expect(reader.rowCount).toBe(600_000)));
      (await files.open(object, { ...SIZES, wholeBytesMax })).close();
      const way = isLocal ? 'open x/large' : 'get x/large';
      expect(reads.filter((read) => !read.startsWith('read'))).toEqual([way, way]);
      files.dispose();
    }
    expect(ARENA.usedBytes).toBe(0);
  });
});
