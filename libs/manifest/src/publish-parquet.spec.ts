import { readdir } from 'node:fs/promises';
import {
  localStore,
  memoryStore,
  nodeFileSystem,
  type FileSystem,
  type ObjectStore,
} from '@ticklake/storage';
import type { Publication } from './publication.js';
import { publishParquet } from './publish-parquet.js';
import { readPublished } from './read-published.js';
import { readReceiptFooter } from './receipt-footer.js';
import {
  ARENA,
  conclusionOf,
  DIRECTORY,
  exampleDataset,
  exampleLimits,
  exampleParquet,
  examplePublication,
  exampleVerify,
  type ExampleManifest,
  type ExampleOptions,
} from './spec-support/example-publication.js';
import { exampleBatches, exampleRows } from './spec-support/example-rows.js';
import { exampleBytes } from './spec-support/parquet-bytes.js';
import { recordingStore } from './spec-support/recording-store.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';
import { verifyParquet } from './verify-parquet.js';
import { openParquet } from '@ticklake/parquet';

const temporaryDirectory = temporaryDirectories();
const rows = exampleRows(100);
const otherRows = exampleRows(90, 1);
const stores: readonly [string, () => Promise<ObjectStore>][] = [
  ['memory', () => Promise.resolve(memoryStore())],
  ['local', async () => localStore(await temporaryDirectory())],
];

describe.each(stores)('publishParquet on a %s store', (_, openStore) => {
  const setUp = async () => {
    const store = recordingStore(await openStore());
    const scratchDirectory = await temporaryDirectory();
    const publish = (options: Partial<ExampleOptions> = {}) =>
      publishParquet(examplePublication({ store, scratchDirectory, rows, ...options }));
    const written = () => store.operations.filter((operation) => /^(put|delete)/.test(operation));
    const bytesOf = async (name: string) => Buffer.from((await store.get(DIRECTORY + name)).bytes);
    const keys = async () => {
      const found: string[] = [];
      for await (const { key } of store.list(DIRECTORY)) found.push(key.slice(DIRECTORY.length));
      return found;
    };
    return { store, scratchDirectory, publish, written, bytesOf, keys };
  };

  it('publishes data, then the manifest, and leaves no scratch', async () => {
    const { store, scratchDirectory, publish, written } = await setUp();
    const { status, facts, manifest } = await publish();
    expect(status).toBe('published');
    expect(written()).toEqual(['put data.parquet', 'put meta.json']);
    expect(manifest).toMatchObject({
      data: 'data.parquet',
      generation: 1,
      sha256: facts.sha256,
      row_count: 100,
    });
    const published = await readPublished(exampleDataset(store));
    expect(published?.manifest).toEqual(manifest);
    expect(published?.data.meta.etag).toBe(manifest.etag);
    const seen = await verifyParquet(published?.data as never, facts, exampleVerify);
    expect(seen).toEqual({ facts, findings: [] });
    expect(await readdir(scratchDirectory)).toEqual([]);
  });

  it('has what is beside the data prepared before anything is published', async () => {
    const { store, scratchDirectory, written } = await setUp();
    const publication = examplePublication({ store, scratchDirectory, rows });
    const { facts } = await publishParquet(publication, {
      async prepare({ source, facts }) {
        expect(facts.rowCount).toBe(100);
        await store.put(`${DIRECTORY}copy.parquet`, source);
      },
    });
    expect(written()).toEqual(['put copy.parquet', 'put data.parquet', 'put meta.json']);
    expect((await store.head(`${DIRECTORY}copy.parquet`))?.size).toBe(facts.sizeBytes);
  });

  it('publishes nothing where that fails', async () => {
    const { store, scratchDirectory, written } = await setUp();
    const publication = examplePublication({ store, scratchDirectory, rows });
    const failure = publishParquet(publication, { prepare: () => Promise.reject(new Error('no room')) });
    await expect(failure).rejects.toThrow('no room');
    expect(written()).toEqual([]);
    expect(await readdir(scratchDirectory)).toEqual([]);
  });

  it('puts the receipt into the data itself', async () => {
    const { store, publish } = await setUp();
    const { facts } = await publish();
    const reader = await openParquet(
      { source: await store.open(`${DIRECTORY}data.parquet`), arena: ARENA },
      exampleLimits,
    );
    reader.close();
    const footer = readReceiptFooter(reader.metadata);
    expect(footer?.receipt.output).toEqual({ rows: 100, ...facts.content });
    expect(footer?.sources).toHaveLength(1);
  });

  it('gives the same bytes whatever the batches were', async () => {
    const [first, second] = [await setUp(), await setUp()];
    const one = await first.publish({ batchRows: 7 });
    const two = await second.publish({ batchRows: 100 });
    expect(one.facts).toEqual(two.facts);
    expect((await first.bytesOf('data.parquet')).equals(await second.bytesOf('data.parquet'))).toBe(true);
  });

  it('writes nothing the second time', async () => {
    const { store, publish, written } = await setUp();
    const first = await publish();
    store.operations.length = 0;
    expect(await publish()).toEqual({ ...first, status: 'unchanged' });
    expect(await publish({ changes: { replace: true } })).toEqual({ ...first, status: 'unchanged' });
    expect(written()).toEqual([]);
  });

  it('knows the same rows in another compression', async () => {
    const { store, publish, written } = await setUp();
    const first = await publish();
    store.operations.length = 0;
    const parquet = { ...exampleParquet, compression: 'none' } as const;
    const second = await publish({ changes: { replace: true, parquet } });
    expect(second).toEqual({ ...first, status: 'unchanged' });
    expect(written()).toEqual([]);
  });

  it('tells the same rows with others left out from rows that are all', async () => {
    const { publish } = await setUp();
    const bad = { name: 'bad', size: 3, sha256: 'b'.repeat(64), code: 'TRUNCATED', rows: 7 };
    const conclude = () => Promise.resolve(conclusionOf(rows, [bad]));
    const parquet = { ...exampleParquet, compression: 'none' } as const;
    const changes = { replace: true, conclude };
    expect(await publish({ changes })).toMatchObject({ status: 'published' });
    expect(await publish({ changes: { ...changes, parquet } })).toMatchObject({ status: 'unchanged' });
    expect(await publish({ changes: { replace: true } })).toMatchObject({ status: 'replaced' });
  });

  it('tells the same rows in another order', async () => {
    const { publish } = await setUp();
    const swapped = [rows[1], rows[0], ...rows.slice(2)] as typeof rows;
    expect((await publish()).facts.content.multiset).toBe(conclusionOf(swapped).multiset);
    expect(await publish({ rows: swapped, changes: { replace: true } })).toMatchObject({
      status: 'replaced',
    });
  });

  it('refuses other content unless told to replace', async () => {
    const { publish, written, store } = await setUp();
    const { manifest } = await publish();
    store.operations.length = 0;
    await expect(publish({ rows: otherRows })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'ALREADY_PUBLISHED',
    });
    expect(written()).toEqual([]);
    expect((await readPublished(exampleDataset(store)))?.manifest).toEqual(manifest);
  });

  it('publishes no rows at all', async () => {
    const { publish } = await setUp();
    const { facts, manifest } = await publish({ rows: [] });
    expect(facts).toMatchObject({ rowCount: 0, orderMin: undefined });
    expect(manifest).not.toHaveProperty('ts_event_min');
  });

  describe('an orphan', () => {
    it('is adopted when it is ours', async () => {
      const { store, publish, written, bytesOf } = await setUp();
      const elsewhere = await setUp();
      const { facts } = await elsewhere.publish();
      await store.put(`${DIRECTORY}data.parquet`, await elsewhere.bytesOf('data.parquet'));
      store.operations.length = 0;
      expect(await publish()).toMatchObject({
        status: 'published',
        facts,
        manifest: { data: 'data.parquet' },
      });
      expect(written()).toEqual(['put meta.json']);
      expect((await bytesOf('data.parquet')).length).toBe(facts.sizeBytes);
    });

    it('of somebody else is left alone until we have committed', async () => {
      const { store, publish, written } = await setUp();
      await store.put(`${DIRECTORY}data.parquet`, await exampleBytes(otherRows));
      store.operations.length = 0;
      const { status, facts, manifest } = await publish();
      const staged = `data-g1-${facts.sha256.slice(0, 16)}.parquet`;
      expect(status).toBe('published');
      expect(written()).toEqual([`put ${staged}`, 'put meta.json', 'put data.parquet', 'put meta.json']);
      expect(manifest).toMatchObject({ data: 'data.parquet', generation: 1 });
    });
  });

  describe('a replacement', () => {
    it('keeps the old, stages, commits, then brings the fixed name up to date', async () => {
      const { store, publish, written, keys, bytesOf } = await setUp();
      const first = await publish();
      const old = await bytesOf('data.parquet');
      const kept = `data-g1-${first.facts.sha256.slice(0, 16)}.parquet`;
      store.operations.length = 0;
      const { status, facts, manifest } = await publish({ rows: otherRows, changes: { replace: true } });
      const staged = `data-g2-${facts.sha256.slice(0, 16)}.parquet`;
      expect(status).toBe('replaced');
      expect(written()).toEqual([
        `put ${kept}`,
        `put ${staged}`,
        'put meta.json',
        'put data.parquet',
        'put meta.json',
      ]);
      expect(manifest).toMatchObject({ data: 'data.parquet', generation: 2, row_count: 90 });
      expect(await keys()).toEqual([kept, staged, 'data.parquet', 'meta.json']);
      expect((await bytesOf('data.parquet')).equals(await bytesOf(staged))).toBe(true);
      expect((await bytesOf(kept)).equals(old)).toBe(true);
    });

    it('can bring back what was there before', async () => {
      const { store, publish } = await setUp();
      const first = await publish();
      await publish({ rows: otherRows, changes: { replace: true } });
      const third = await publish({ changes: { replace: true } });
      expect(third).toMatchObject({ status: 'replaced', facts: first.facts, manifest: { generation: 3 } });
      expect((await readPublished(exampleDataset(store)))?.manifest).toEqual(third.manifest);
    });

    it('cures data that was damaged, and only then', async () => {
      const { store, publish } = await setUp();
      const { facts } = await publish();
      await store.put(`${DIRECTORY}data.parquet`, new Uint8Array(facts.sizeBytes));
      await expect(readPublished(exampleDataset(store))).rejects.toMatchObject({ code: 'DATA_MISMATCH' });
      await expect(publish()).rejects.toMatchObject({ kind: 'corrupt', code: 'DATA_MISMATCH' });
      expect(await publish({ changes: { replace: true } })).toMatchObject({ status: 'replaced', facts });
      expect((await readPublished(exampleDataset(store)))?.manifest).toMatchObject({ generation: 2 });
    });

    it('of nothing is a first publication', async () => {
      const { publish } = await setUp();
      expect(await publish({ changes: { replace: true } })).toMatchObject({ status: 'published' });
    });
  });

  it('hides every generation but the last from readers of all files, where a dataset asks for that', async () => {
    const { publish, keys, store } = await setUp();
    const seen = new Set<string>();
    const isSeen = (name: string) => /^[^_.].*\.parquet$/.test(name);
    const changes = { replace: true, hidesStaged: true };
    const first = await publish({ changes });
    const { facts, manifest } = await publish({ rows: otherRows, changes });
    for (const operation of store.operations) seen.add(operation.replace(/^\w+ /, ''));
    expect([...seen, ...(await keys())].filter(isSeen)).toEqual(['data.parquet', 'data.parquet']);
    expect(manifest.data).toBe('data.parquet');
    expect(await keys()).toContain(`_data-g1-${first.facts.sha256.slice(0, 16)}.parquet.kept`);
    expect(await keys()).toContain(`_data-g2-${facts.sha256.slice(0, 16)}.parquet.kept`);
    // A reader that comes between the commit and the fixed name finds the kept copy by the manifest alone.
    const place = { ...exampleDataset(store), hidesStaged: true };
    await store.put(`${DIRECTORY}data.parquet`, new Uint8Array(3));
    expect((await readPublished(place))?.data.meta.key).toMatch(/_data-g2-.*kept$/);
  });

  it('finishes a replacement that died before the fixed name was brought up to date', async () => {
    const { store, publish, written } = await setUp();
    await publish();
    const { facts, manifest } = await publish({ rows: otherRows, changes: { replace: true } });
    const staged = `data-g2-${facts.sha256.slice(0, 16)}.parquet`;
    const { etag } = await store.open(DIRECTORY + staged).then(({ meta }) => meta);
    await store.put(
      `${DIRECTORY}meta.json`,
      Buffer.from(JSON.stringify({ ...manifest, data: staged, etag })),
    );
    await store.put(`${DIRECTORY}data.parquet`, await exampleBytes(rows));
    store.operations.length = 0;
    const again = await publish({ rows: otherRows, changes: { replace: true } });
    expect(again).toMatchObject({ status: 'unchanged', manifest: { data: 'data.parquet', generation: 2 } });
    expect(written()).toEqual(['put data.parquet', 'put meta.json']);
  });

  describe('nothing is published when', () => {
    const isEmpty = async (store: ObjectStore) => {
      for await (const { key } of store.list('')) return key;
      return undefined;
    };

    it.each<[string, Partial<ExampleOptions>, object]>([
      [
        'a row is lost',
        { changes: { conclude: () => Promise.resolve(conclusionOf(rows.slice(1))) } },
        { code: 'RECEIPT' },
      ],
      [
        'a row is another',
        { changes: { conclude: () => Promise.resolve({ ...conclusionOf(rows), multiset: '0'.repeat(32) }) } },
        { code: 'RECEIPT' },
      ],
      [
        'the receipt is of another file',
        {
          changes: {
            conclude: () =>
              Promise.resolve({ ...conclusionOf(rows), footer: conclusionOf(otherRows).footer }),
          },
        },
        { code: 'RECEIPT' },
      ],
      ['the rows are out of order', { rows: [...rows].reverse() }, { code: 'READ_BACK' }],
      ['the sequence is missing', { changes: { sequence: 'number' } }, { code: 'READ_BACK' }],
      [
        'the sources have changed',
        { changes: { conclude: () => Promise.reject(new Error('changed')) } },
        { message: 'changed' },
      ],
      ['it was cancelled before', { changes: { signal: AbortSignal.abort() } }, { kind: 'cancelled' }],
    ])('%s', async (__, options, failure) => {
      const { store, scratchDirectory, publish } = await setUp();
      await expect(publish(options)).rejects.toMatchObject(failure);
      expect(await isEmpty(store)).toBeUndefined();
      expect(await readdir(scratchDirectory)).toEqual([]);
    });

    it('it is cancelled between batches', async () => {
      const { store, scratchDirectory, publish } = await setUp();
      const controller = new AbortController();
      const write: Publication<ExampleManifest>['write'] = async (sink) => {
        for await (const batch of exampleBatches(rows, 10)) {
          await sink.write(batch);
          controller.abort();
        }
      };
      const changes = { signal: controller.signal, write };
      await expect(publish({ changes })).rejects.toMatchObject({ kind: 'cancelled' });
      expect(await isEmpty(store)).toBeUndefined();
      expect(await readdir(scratchDirectory)).toEqual([]);
    });

    it.each([0, 3, 500, 1500, 3000, -3, -9, -200])('the disk holds another byte at %d', async (at) => {
      const { store, scratchDirectory } = await setUp();
      const flipping: FileSystem = {
        ...nodeFileSystem,
        owner: nodeFileSystem.owner,
        open: async (path, mode) => {
          const file = await nodeFileSystem.open(path, mode);
          const write = (bytes: Uint8Array, position: number) => {
            const flipped = bytes.slice();
            const index = at < 0 ? bytes.length + at : at;
            flipped[index] = (flipped[index] as number) ^ 16;
            return file.write(flipped, position);
          };
          return { ...file, write };
        },
      };
      const publication = examplePublication({ store, scratchDirectory, rows });
      await expect(publishParquet(publication, { fileSystem: flipping })).rejects.toMatchObject({
        kind: 'corrupt',
        code: 'READ_BACK',
      });
      expect(await isEmpty(store)).toBeUndefined();
      expect(await readdir(scratchDirectory)).toEqual([]);
    });
  });

  it('does not commit when cancelled between the data and the manifest', async () => {
    const { store, scratchDirectory } = await setUp();
    const controller = new AbortController();
    const aborting: ObjectStore = {
      ...store,
      put: (key, body, options) => {
        if (key.endsWith('data.parquet')) controller.abort();
        return store.put(key, body, options);
      },
    };
    const changes = { signal: controller.signal };
    const published = publishParquet(
      examplePublication({ store: aborting, scratchDirectory, rows, changes }),
    );
    await expect(published).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await readPublished(exampleDataset(store))).toBeUndefined();
  });

  it('refuses a store that does not keep what it was given', async () => {
    const { store, scratchDirectory } = await setUp();
    const lossy: ObjectStore = {
      ...store,
      put: (key, body, options) =>
        store.put(key, key.endsWith('.parquet') ? new Uint8Array(3) : body, options),
    };
    await expect(
      publishParquet(examplePublication({ store: lossy, scratchDirectory, rows })),
    ).rejects.toMatchObject({ kind: 'corrupt' });
    expect(await readPublished(exampleDataset(store))).toBeUndefined();
  });
});
