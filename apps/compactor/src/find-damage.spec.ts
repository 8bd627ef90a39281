import { datasetOf } from '@ticklake/market';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { findDamage } from './find-damage.js';
import { ARENA } from './testing/context.js';
import { emptyStore, parquetBytes, putSpool, spoolBatch, type SpoolRow } from './testing/spool.js';

const TOOLS = {
  arena: ARENA,
  dataset: datasetOf('bbo'),
  concurrency: 2,
  onFile: () => Promise.resolve(),
};
const ROWS: SpoolRow[] = [
  [1n, 1, 'A'],
  [2n, 2, 'B'],
];

async function spoolOf(names: readonly string[]): Promise<{ store: ObjectStore; objects: ObjectMeta[] }> {
  const store = emptyStore();
  for (const name of names) await putSpool(store, name, ROWS);
  return { store, objects: (await store.children('')).objects.slice() };
}

/** `store` whose reads give, one after another, what `answers` makes of the true bytes. */
function readingAs(store: ObjectStore, answers: readonly ((bytes: Uint8Array) => Uint8Array)[]): ObjectStore {
  let reads = 0;
  return {
    ...store,
    async get(...whole) {
      const { meta, bytes } = await store.get(...whole);
      return { meta, bytes: (answers[reads++] ?? ((same) => same))(bytes) };
    },
  };
}

const cutShort = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 4);
const otherFormat = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, i) => (i < 4 ? 0x20 : byte));

describe('findDamage', () => {
  it('names every damaged file with its own code, and no other', async () => {
    const { store } = await spoolOf(['a.parquet', 'b.parquet', 'c.parquet']);
    const bytes = await parquetBytes(spoolBatch(ROWS));
    await store.put('b.parquet', cutShort(bytes));
    await store.put('c.parquet', otherFormat(bytes));
    const { objects } = await store.children('');
    const damages = await findDamage(store, objects, TOOLS);
    expect(damages.map(({ object, error }) => [object.key, error.code])).toEqual([
      ['b.parquet', 'TRUNCATED'],
      ['c.parquet', 'BAD_MAGIC'],
    ]);
  });

  it('condemns nothing that reads well the second time', async () => {
    const { store, objects } = await spoolOf(['a.parquet']);
    expect(await findDamage(readingAs(store, [cutShort]), objects, TOOLS)).toEqual([]);
  });

  it('condemns nothing that reads differently each time', async () => {
    const { store, objects } = await spoolOf(['a.parquet']);
    const flaky = readingAs(store, [cutShort, otherFormat]);
    await expect(findDamage(flaky, objects, TOOLS)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
