import { bytesSource, sha256Of } from '@ticklake/core';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { crashingStore } from '@ticklake/storage/testing';
import type { FileFacts } from './facts.js';
import { loadManifest } from './manifest-document.js';
import { stagedName } from './publication.js';
import { publishParquet } from './publish-parquet.js';
import { readPublished } from './read-published.js';
import { restorePublished } from './restore-published.js';
import { contentEtags } from './spec-support/content-etags.js';
import {
  DIRECTORY,
  exampleDataset,
  exampleManifestSchema,
  examplePublication,
} from './spec-support/example-publication.js';
import { exampleRows } from './spec-support/example-rows.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';

const temporaryDirectory = temporaryDirectories();
const MANIFEST = `${DIRECTORY}meta.json`;

/** Two generations, the second one published; and the facts of the first. */
async function twoGenerations(store: ObjectStore): Promise<FileFacts> {
  const scratchDirectory = await temporaryDirectory();
  const [first, second] = [exampleRows(30, 1), exampleRows(40, 2)];
  const { facts } = await publishParquet(examplePublication({ store, scratchDirectory, rows: first }));
  const changes = { replace: true };
  await publishParquet(examplePublication({ store, scratchDirectory, rows: second, changes }));
  return facts;
}

async function restore(store: ObjectStore, facts: FileFacts, base?: { generation: number }) {
  const found = await loadManifest(store, MANIFEST, exampleManifestSchema);
  if (found === undefined) throw new Error('nothing is published');
  const source = await store.open(DIRECTORY + stagedName('data.parquet', 1, facts.sha256));
  const manifest = { ...found.manifest, ...base };
  const commitment = examplePublication({ store, scratchDirectory: '', rows: [] });
  return restorePublished(commitment, { source, facts }, { ...found, manifest });
}

async function seen(store: ObjectStore) {
  const published = await readPublished(exampleDataset(store));
  if (published === undefined) throw new Error('nothing is published');
  const { sha256, generation, data } = published.manifest;
  expect(await sha256Of(published.data)).toBe(sha256);
  return { sha256, generation, data };
}

describe.each([
  ['with etags of content', () => contentEtags(memoryStore())],
  ['with etags that never return', () => memoryStore()],
])('an older generation that is restored, on a store %s', (_, openStore) => {
  it('is the next generation, under the fixed name, and what was published before is kept', async () => {
    const store = openStore();
    const facts = await twoGenerations(store);
    const before = await seen(store);
    expect((await restore(store, facts)).status).toBe('replaced');
    expect(await seen(store)).toEqual({ sha256: facts.sha256, generation: 3, data: 'data.parquet' });
    expect(await store.head(DIRECTORY + stagedName('data.parquet', 2, before.sha256))).toBeDefined();
    expect((await restore(store, facts)).status).toBe('unchanged');
    expect((await seen(store)).generation).toBe(3);
  });

  it.each(['before', 'after'] as const)(
    'is old or new to readers when it dies %s any operation',
    async (when) => {
      let points = 0;
      for (let crashed = true; crashed; points++) {
        const store = openStore();
        const facts = await twoGenerations(store);
        const before = await seen(store);
        const crash = crashingStore(store, points + 1, when);
        await restore(crash, facts).catch((error: unknown) => {
          if (!crash.crashed) throw error;
        });
        ({ crashed } = crash);
        expect([before.sha256, facts.sha256]).toContain((await seen(store)).sha256);
        await restore(store, facts);
        expect(await seen(store)).toEqual({ sha256: facts.sha256, generation: 3, data: 'data.parquet' });
        expect(await sha256Of(bytesSource((await store.get(`${DIRECTORY}data.parquet`)).bytes))).toBe(
          facts.sha256,
        );
      }
      expect(points).toBeGreaterThan(10);
    },
  );

  it('is not published over what somebody else has published since it was chosen', async () => {
    const store = openStore();
    const facts = await twoGenerations(store);
    const before = await seen(store);
    const restored = restore(store, facts, { generation: 7 });
    await expect(restored).rejects.toMatchObject({ kind: 'conflict', code: 'PUBLISHED_MEANWHILE' });
    expect(await seen(store)).toEqual(before);
  });

  it('also cures a dataset whose data is gone', async () => {
    const store = openStore();
    const facts = await twoGenerations(store);
    const { sha256 } = await seen(store);
    await store.delete(`${DIRECTORY}data.parquet`);
    await store.delete(DIRECTORY + stagedName('data.parquet', 2, sha256));
    await expect(seen(store)).rejects.toMatchObject({ code: 'DATA_MISMATCH' });
    await restore(store, facts);
    expect(await seen(store)).toEqual({ sha256: facts.sha256, generation: 3, data: 'data.parquet' });
  });
});
