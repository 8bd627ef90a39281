import { isLakeError, sha256Of } from '@ticklake/core';
import { localStore, memoryStore, type ObjectStore } from '@ticklake/storage';
import { publishParquet } from './publish-parquet.js';
import { readPublished } from './read-published.js';
import { DIRECTORY, exampleDataset, examplePublication } from './spec-support/example-publication.js';
import { exampleRows, type ExampleRow } from './spec-support/example-rows.js';
import { exampleBytes } from './spec-support/parquet-bytes.js';
import { contentEtags } from './spec-support/content-etags.js';
import { recordingStore } from './spec-support/recording-store.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';

const temporaryDirectory = temporaryDirectories();
const PUBLISHERS = 8;

const stores: readonly [string, () => Promise<ObjectStore>][] = [
  ['memory', () => Promise.resolve(memoryStore())],
  ['memory with etags of content', () => Promise.resolve(contentEtags(memoryStore()))],
  ['local', async () => localStore(await temporaryDirectory())],
];

/** Passes to others at random points, so that every run interleaves in its own way. */
function jittered(store: ObjectStore, seed: number): ObjectStore {
  let state = seed + 1;
  const pause = async () => {
    state = (state * 48_271) % 2_147_483_647;
    for (let turn = state % 6; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    ...store,
    head: (key) => pause().then(() => store.head(key)),
    get: (key) => pause().then(() => store.get(key)),
    open: (key) => pause().then(() => store.open(key)),
    put: (key, body, options) =>
      pause()
        .then(() => store.put(key, body, options))
        .then((meta) => pause().then(() => meta)),
  };
}

/** Reads by the rule until told to stop; gives the generations seen, each proved by its bytes. */
function pollingReader(store: ObjectStore): { stop(): Promise<readonly string[]> } {
  let stopped = false;
  const seen: string[] = [];
  const reading = (async () => {
    while (!stopped) {
      try {
        const published = await readPublished(exampleDataset(store));
        if (published !== undefined) {
          const { sha256 } = published.manifest;
          expect(await sha256Of(published.data)).toBe(sha256);
          if (seen.at(-1) !== sha256) seen.push(sha256);
        }
      } catch (failure) {
        // Replaced while it was being read: the rule says to ask again.
        if (!isLakeError(failure, 'conflict')) throw failure;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return seen;
  })();
  return {
    stop: () => {
      stopped = true;
      return reading;
    },
  };
}

describe.each(stores)('publishers at once on a %s store', (_, openStore) => {
  const race = async (
    store: ObjectStore,
    rowsOf: (publisher: number) => readonly ExampleRow[],
    replace = false,
  ) => {
    const scratchDirectory = await temporaryDirectory();
    const runs = Array.from({ length: PUBLISHERS }, (__, i) =>
      publishParquet(
        examplePublication({
          store: jittered(store, i * 7919),
          scratchDirectory,
          rows: rowsOf(i),
          changes: { replace },
        }),
      ),
    );
    return Promise.allSettled(runs);
  };
  const statuses = (outcomes: Awaited<ReturnType<typeof race>>) =>
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.status : 'refused')).sort();
  const onlyConflicts = (outcomes: Awaited<ReturnType<typeof race>>) => {
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ kind: 'conflict' });
    }
  };

  it('of the same rows commit once and agree', async () => {
    for (let round = 0; round < 5; round++) {
      const store = await openStore();
      const recorded = recordingStore(store);
      const outcomes = await race(recorded, () => exampleRows(60, round));
      expect(statuses(outcomes)).toEqual(['published', ...Array<string>(PUBLISHERS - 1).fill('unchanged')]);
      const [first] = outcomes as PromiseFulfilledResult<{ manifest: object }>[];
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ value: { manifest: first?.value.manifest } });
      }
    }
  });

  it('of the same rows agree beside an orphan of somebody else', async () => {
    for (let round = 0; round < 5; round++) {
      const store = await openStore();
      await store.put(`${DIRECTORY}data.parquet`, await exampleBytes(exampleRows(10, 99)));
      const outcomes = await race(store, () => exampleRows(60, round));
      expect(statuses(outcomes)).toEqual(['published', ...Array<string>(PUBLISHERS - 1).fill('unchanged')]);
      const published = await readPublished(exampleDataset(store));
      expect(published?.manifest).toMatchObject({ data: 'data.parquet', generation: 1, row_count: 60 });
      expect(published?.data.meta.etag).toBe(published?.manifest.etag);
    }
  });

  it('of different rows: exactly one content wins, the others are told', async () => {
    for (let round = 0; round < 5; round++) {
      const store = await openStore();
      const reader = pollingReader(store);
      const outcomes = await race(store, (publisher) => exampleRows(60, publisher % 3));
      onlyConflicts(outcomes);
      expect(statuses(outcomes).filter((status) => status === 'published')).toHaveLength(1);
      expect(await reader.stop()).toHaveLength(1);
      const published = await readPublished(exampleDataset(store));
      expect(published?.manifest.generation).toBe(1);
    }
  });

  it('of different rows over what is published: one replaces, a reader sees old or new', async () => {
    for (let round = 0; round < 5; round++) {
      const store = await openStore();
      const scratchDirectory = await temporaryDirectory();
      await publishParquet(examplePublication({ store, scratchDirectory, rows: exampleRows(50, 50) }));
      const reader = pollingReader(store);
      const outcomes = await race(store, (publisher) => exampleRows(60, publisher % 3), true);
      onlyConflicts(outcomes);
      const replaced = statuses(outcomes).filter((status) => status === 'replaced').length;
      expect(replaced).toBeGreaterThanOrEqual(1);
      const published = await readPublished(exampleDataset(store));
      expect(published?.manifest).toMatchObject({ generation: 1 + replaced, row_count: 60 });
      expect(await sha256Of(published?.data as never)).toBe(published?.manifest.sha256);
      expect((await reader.stop()).length).toBeLessThanOrEqual(1 + replaced);
    }
  });
});
