import { sha256Of } from '@ticklake/core';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { publishParquet } from './publish-parquet.js';
import { readPublished } from './read-published.js';
import { contentEtags } from './spec-support/content-etags.js';
import { DIRECTORY, exampleDataset, examplePublication } from './spec-support/example-publication.js';
import { exampleRows, type ExampleRow } from './spec-support/example-rows.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';

const temporaryDirectory = temporaryDirectories();
const DATA = `${DIRECTORY}data.parquet`;
const [first, second] = [exampleRows(50, 1), exampleRows(60, 2)];

/** Runs `meanwhile` just before the first put of data under its fixed name; then perhaps dies. */
function interrupted(store: ObjectStore, meanwhile: () => Promise<unknown>, died = false): ObjectStore {
  let isOpen = true;
  return {
    ...store,
    put: async (key, body, options) => {
      if (key !== DATA || !isOpen) return store.put(key, body, options);
      isOpen = false;
      await meanwhile();
      const meta = await store.put(key, body, options);
      if (died) throw new Error('died');
      return meta;
    },
  };
}

/**
 * The worst case. One run has replaced `first` by `second` and is about to bring the fixed name up to date; before it
 * does, another run publishes `first` again and finds those bytes still under the fixed name. The first run's put then
 * finds the version it expects and writes over what is published.
 */
describe.each([
  ['with etags of content', () => contentEtags(memoryStore())],
  ['with etags that never return', () => memoryStore()],
])('a run that is overtaken, on a store %s', (_, openStore) => {
  const setUp = async () => {
    const store = openStore();
    const scratchDirectory = await temporaryDirectory();
    const publish = (through: ObjectStore, rows: readonly ExampleRow[], replace = true) =>
      publishParquet(examplePublication({ store: through, scratchDirectory, rows, changes: { replace } }));
    const { facts } = await publish(store, first);
    return { store, publish, facts };
  };
  const seen = async (store: ObjectStore) => {
    const published = await readPublished(exampleDataset(store));
    return { ...published?.manifest, bytes: published && (await sha256Of(published.data)) };
  };

  it('gives back what it wrote over', async () => {
    const { store, publish, facts } = await setUp();
    const overtaking = () => publish(store, first);
    const outcome = await publish(interrupted(store, overtaking), second);
    expect(outcome).toMatchObject({ status: 'replaced', manifest: { generation: 2, row_count: 60 } });
    expect(await seen(store)).toMatchObject({ generation: 3, data: 'data.parquet', bytes: facts.sha256 });
    expect(await sha256Of(await store.open(DATA))).toBe(facts.sha256);
  });

  it('or dies before it can: readers find the staged copy, and the next run mends the fixed name', async () => {
    const { store, publish, facts } = await setUp();
    const dying = publish(
      interrupted(store, () => publish(store, first), true),
      second,
    );
    await expect(dying).rejects.toThrow('died');
    expect(await seen(store)).toMatchObject({ generation: 3, bytes: facts.sha256 });
    expect(await publish(store, first)).toMatchObject({ status: 'unchanged', manifest: { generation: 3 } });
    expect(await seen(store)).toMatchObject({ generation: 3, data: 'data.parquet', bytes: facts.sha256 });
    expect(await sha256Of(await store.open(DATA))).toBe(facts.sha256);
  });

  it('by one that published the same rows agrees with it', async () => {
    const { store, publish } = await setUp();
    const outcome = await publish(
      interrupted(store, () => publish(store, second)),
      second,
    );
    expect(outcome).toMatchObject({ status: 'replaced', manifest: { generation: 2, data: 'data.parquet' } });
    expect(await seen(store)).toMatchObject({ generation: 2, bytes: outcome.facts.sha256 });
  });
});

it('a run that finds itself overtaken before it looks at the fixed name writes nothing there', async () => {
  const store = memoryStore();
  const scratchDirectory = await temporaryDirectory();
  const publish = (through: ObjectStore, rows: readonly ExampleRow[]) =>
    publishParquet(
      examplePublication({ store: through, scratchDirectory, rows, changes: { replace: true } }),
    );
  await publish(store, first);
  let commits = 0;
  let isOvertaken = false;
  const slow: ObjectStore = {
    ...store,
    put: (key, body, options) => {
      if (key.endsWith('meta.json')) commits++;
      return store.put(key, body, options);
    },
    open: async (key) => {
      if (key === DATA && commits === 1 && !isOvertaken) {
        isOvertaken = true;
        await publish(store, exampleRows(70, 3));
      }
      return store.open(key);
    },
  };
  expect(await publish(slow, second)).toMatchObject({ status: 'replaced', manifest: { generation: 2 } });
  const published = await readPublished(exampleDataset(store));
  expect(published?.manifest).toMatchObject({ generation: 3, row_count: 70, data: 'data.parquet' });
  expect((await store.head(DATA))?.etag).toBe(published?.manifest.etag);
});

describe('replacing', () => {
  it('is refused when somebody else replaced it after our rows were chosen', async () => {
    const store = memoryStore();
    const scratchDirectory = await temporaryDirectory();
    const publication = (rows: readonly ExampleRow[], changes = {}) =>
      examplePublication({ store, scratchDirectory, rows, changes: { replace: true, ...changes } });
    await publishParquet(publication(first));
    const ours = publication(exampleRows(70, 3));
    const conclude = async () => {
      await publishParquet(publication(second));
      return ours.conclude();
    };
    await expect(publishParquet({ ...ours, conclude })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PUBLISHED_MEANWHILE',
    });
    expect((await readPublished(exampleDataset(store)))?.manifest).toMatchObject({
      generation: 2,
      row_count: 60,
    });
  });

  it('goes on when only the manifest was written again for the same publication', async () => {
    const store = memoryStore();
    const scratchDirectory = await temporaryDirectory();
    const publish = (through: ObjectStore, rows: readonly ExampleRow[]) =>
      publishParquet(
        examplePublication({ store: through, scratchDirectory, rows, changes: { replace: true } }),
      );
    await publish(store, first);
    let isOpen = true;
    const touching: ObjectStore = {
      ...store,
      put: async (key, body, options) => {
        if (isOpen && key.endsWith('meta.json')) {
          isOpen = false;
          await store.put(key, (await store.get(key)).bytes);
        }
        return store.put(key, body, options);
      },
    };
    expect(await publish(touching, second)).toMatchObject({
      status: 'replaced',
      manifest: { generation: 2 },
    });
  });
});
