import { bytesSource, sha256Of } from '@ticklake/core';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { crashingStore, interceptStore, recordStore } from '@ticklake/storage/testing';
import { finishReplacement } from './finish-replacement.js';
import { publishParquet } from './publish-parquet.js';
import { readPublished } from './read-published.js';
import { DIRECTORY, exampleDataset, examplePublication } from './spec-support/example-publication.js';
import { exampleRows } from './spec-support/example-rows.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';

const temporaryDirectory = temporaryDirectories();
const { signal } = new AbortController();
const FIXED = `${DIRECTORY}data.parquet`;

const finish = (store: ObjectStore) =>
  finishReplacement(exampleDataset(store), (manifest, place) => ({ ...manifest, ...place }), signal);

/** Publishes rows, in the place of others where there are any. */
async function publish(store: ObjectStore, count: number): Promise<string> {
  const scratchDirectory = await temporaryDirectory();
  const changes = { replace: true };
  const rows = exampleRows(count, count);
  return (await publishParquet(examplePublication({ store, scratchDirectory, rows, changes }))).facts.sha256;
}

/** Generation 2 is committed, and the run died before it put its bytes under the fixed name. */
async function interrupted() {
  const store = memoryStore();
  const before = await publish(store, 30);
  const dying = interceptStore(store, ({ name, key }, work) => {
    if (name === 'put' && key === FIXED) throw new Error('killed');
    return work();
  });
  await expect(publish(dying, 40)).rejects.toThrow('killed');
  expect(await fixedHash(store)).toBe(before);
  return { store, before };
}

const fixedHash = async (store: ObjectStore) => sha256Of(bytesSource((await store.get(FIXED)).bytes));

it('brings what was committed under the fixed name, and changes nothing else of the manifest', async () => {
  const { store, before } = await interrupted();
  const committed = (await readPublished(exampleDataset(store)))?.manifest;
  const finished = await finish(store);
  expect(finished).toEqual({ ...committed, data: 'data.parquet', etag: expect.any(String) });
  expect(finished?.sha256).not.toBe(before);
  expect((await readPublished(exampleDataset(store)))?.manifest).toEqual(finished);
  expect(await fixedHash(store)).toBe(finished?.sha256);
});

it.each(['before', 'after'] as const)('that dies %s any operation is finished by the next', async (when) => {
  let points = 0;
  for (let crashed = true; crashed; points++) {
    const { store } = await interrupted();
    const wanted = (await readPublished(exampleDataset(store)))?.manifest.sha256;
    const crash = crashingStore(store, points + 1, when);
    await finish(crash).catch((error: unknown) => {
      if (!crash.crashed) throw error;
    });
    ({ crashed } = crash);
    expect((await readPublished(exampleDataset(store)))?.manifest.sha256).toBe(wanted);
    expect(await finish(store)).toMatchObject({ data: 'data.parquet', generation: 2, sha256: wanted });
    expect(await fixedHash(store)).toBe(wanted);
  }
  expect(points).toBeGreaterThan(5);
});

it('writes nothing where there is nothing to do', async () => {
  const store = memoryStore();
  const recorded = recordStore(store);
  expect(await finish(recorded.store)).toBeUndefined();
  await publish(store, 30);
  expect(await finish(recorded.store)).toMatchObject({ generation: 1, data: 'data.parquet' });
  expect(recorded.operations.filter(({ name }) => name === 'put')).toEqual([]);
});

it('writes nothing when the bytes are not those that the manifest states', async () => {
  const { store, before } = await interrupted();
  const committed = (await readPublished(exampleDataset(store)))?.manifest;
  const staged = DIRECTORY + (committed?.data ?? '');
  const { bytes } = await store.get(staged);
  await store.put(
    staged,
    bytes.map((byte, i) => (i === 90 ? byte ^ 1 : byte)),
  );
  await expect(finish(store)).rejects.toMatchObject({ kind: 'corrupt', code: 'DATA_MISMATCH' });
  expect(await fixedHash(store)).toBe(before);
});

it('leaves to another run what that one commits meanwhile', async () => {
  const { store } = await interrupted();
  let newest: string | undefined;
  const overtaken = interceptStore(store, async ({ name, key }, work) => {
    if (name === 'put' && key === FIXED && newest === undefined) newest = await publish(store, 50);
    return work();
  });
  await finish(overtaken);
  expect((await readPublished(exampleDataset(store)))?.manifest.sha256).toBe(newest);
  expect(await fixedHash(store)).toBe(newest);
});
