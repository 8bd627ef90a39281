import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { readManifest } from './manifest-document.js';
import { publishParquet } from './publish-parquet.js';
import { readPublished } from './read-published.js';
import {
  DIRECTORY,
  exampleDataset,
  exampleManifestSchema,
  examplePublication,
  type ExampleManifest,
} from './spec-support/example-publication.js';
import { exampleRows } from './spec-support/example-rows.js';
import { recordingStore } from './spec-support/recording-store.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';

const temporaryDirectory = temporaryDirectories();
const MANIFEST = `${DIRECTORY}meta.json`;
const DATA = `${DIRECTORY}data.parquet`;

async function published(store: ObjectStore = memoryStore()) {
  const scratchDirectory = await temporaryDirectory();
  const { manifest } = await publishParquet(
    examplePublication({ store, scratchDirectory, rows: exampleRows(30) }),
  );
  const rewrite = (change: Partial<ExampleManifest>) =>
    store.put(MANIFEST, Buffer.from(JSON.stringify({ ...manifest, ...change })));
  return { store, manifest, rewrite };
}

describe('readPublished', () => {
  it('finds nothing where nothing is published, whatever data lies there', async () => {
    const store = memoryStore();
    await store.put(DATA, new Uint8Array(10));
    expect(await readPublished(exampleDataset(store))).toBeUndefined();
  });

  it('takes one manifest and one look at the data', async () => {
    const { store } = await published();
    const recorded = recordingStore(store);
    await readPublished(exampleDataset(recorded));
    expect(recorded.operations).toEqual(['get meta.json', 'open data.parquet']);
  });

  it.each<[string, Partial<ExampleManifest>]>([
    ['other etags: the bytes decide', { etag: 'of another store' }],
    ['no etag at all', { etag: undefined }],
  ])('reads a copied lake, with %s', async (_, change) => {
    const { store, manifest, rewrite } = await published();
    await rewrite(change);
    const found = await readPublished(exampleDataset(store));
    expect(found?.data.size).toBe(manifest.size_bytes);
  });

  it('goes back to the manifest when the data has moved on', async () => {
    const { store } = await published();
    const { bytes } = await store.get(DATA);
    await store.put(`${DIRECTORY}data-g2-0000000000000000.parquet`, bytes);
    let looks = 0;
    const moving: ObjectStore = {
      ...store,
      open: async (key) => {
        if (key === DATA && looks++ === 0) {
          const { meta } = await store.open(`${DIRECTORY}data-g2-0000000000000000.parquet`);
          const text = new TextDecoder().decode((await store.get(MANIFEST)).bytes);
          const manifest = {
            ...(JSON.parse(text) as object),
            data: meta.key.slice(DIRECTORY.length),
            etag: meta.etag,
          };
          await store.put(MANIFEST, Buffer.from(JSON.stringify(manifest)));
          await store.put(DATA, new Uint8Array(7));
        }
        return store.open(key);
      },
    };
    const found = await readPublished(exampleDataset(moving));
    expect(found?.manifest.data).toBe('data-g2-0000000000000000.parquet');
    expect(found?.data.size).toBe(bytes.length);
  });

  it.each<[string, (store: ObjectStore) => Promise<unknown>]>([
    ['is gone', (store) => store.delete(DATA)],
    ['has another size', (store) => store.put(DATA, new Uint8Array(10))],
    [
      'has other bytes of the same size',
      async (store) => store.put(DATA, new Uint8Array((await store.get(DATA)).bytes.length)),
    ],
  ])('says so when the data %s', async (_, damage) => {
    const { store } = await published();
    await damage(store);
    await expect(readPublished(exampleDataset(store))).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'DATA_MISMATCH',
    });
  });

  it.each(['../../secret.parquet', '/etc/passwd', '..', 'a/b'])(
    'never follows a manifest to %s',
    async (data) => {
      const { store } = await published();
      const { manifest } = (await readPublished(exampleDataset(store))) as { manifest: ExampleManifest };
      const recorded = recordingStore(store);
      const dataset = exampleDataset(recorded);
      const trusting = { ...dataset, place: () => ({ ...dataset.place(manifest), data }) };
      await expect(readPublished(trusting)).rejects.toMatchObject({ kind: 'corrupt', code: 'MANIFEST' });
      expect(recorded.operations).toEqual(['get meta.json']);
    },
  );
});

describe('readManifest', () => {
  it('gives what was published, with the keys it does not know', async () => {
    const { store, manifest, rewrite } = await published();
    await rewrite({ note: 'of an operator' });
    expect(await readManifest(store, MANIFEST, exampleManifestSchema)).toEqual({
      ...manifest,
      note: 'of an operator',
    });
  });

  it('is undefined without one', async () => {
    expect(await readManifest(memoryStore(), MANIFEST, exampleManifestSchema)).toBeUndefined();
  });

  it.each<[string, Uint8Array]>([
    ['is empty', new Uint8Array()],
    ['is cut off', Buffer.from('{"row_count": 3')],
    ['is a page of a gateway', Buffer.from('<html>')],
    ['lacks keys', Buffer.from('{}')],
    ['is null', Buffer.from('null')],
    ['is not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ])('refuses one that %s', async (_, bytes) => {
    const store = memoryStore();
    await store.put(MANIFEST, bytes);
    await expect(readManifest(store, MANIFEST, exampleManifestSchema)).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'MANIFEST',
    });
  });
});
