import { isLakeError } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { publishFile, publishParquet } from './publish-parquet.js';
import { readPublished } from './read-published.js';
import { exampleDataset, examplePublication } from './spec-support/example-publication.js';
import { exampleRows } from './spec-support/example-rows.js';
import { recordingStore } from './spec-support/recording-store.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';

const temporaryDirectory = temporaryDirectories();

/** Rows published in one store, and what it takes to publish that file in another. */
async function setUp() {
  const scratchDirectory = await temporaryDirectory();
  const here = memoryStore();
  const there = recordingStore(memoryStore());
  const publish = async (count: number, replace = false) => {
    const rows = exampleRows(count);
    const made = await publishParquet({
      ...examplePublication({ store: here, scratchDirectory, rows }),
      replace: true,
    });
    const published = await readPublished(exampleDataset(here));
    const publication = { ...examplePublication({ store: there, scratchDirectory, rows }), replace };
    return publishFile(publication, { source: published!.data, facts: made.facts });
  };
  const puts = () => there.operations.filter((operation) => operation.startsWith('put'));
  return { here, there, publish, puts };
}

describe('publishFile', () => {
  it('publishes the bytes of a file, data first, and does nothing the second time', async () => {
    const { here, there, publish, puts } = await setUp();
    const first = await publish(50);
    expect(first.status).toBe('published');
    expect(puts()).toEqual(['put data.parquet', 'put meta.json']);
    const [ours, theirs] = [
      await readPublished(exampleDataset(here)),
      await readPublished(exampleDataset(there)),
    ];
    expect(theirs?.manifest.sha256).toBe(ours?.manifest.sha256);
    expect(theirs?.manifest).toEqual(first.manifest);
    expect((await publish(50)).status).toBe('unchanged');
    expect(puts()).toHaveLength(2);
  });

  it('replaces other content where that is wanted', async () => {
    const { publish, there } = await setUp();
    await publish(50);
    expect((await publish(60, true)).status).toBe('replaced');
    const published = await readPublished(exampleDataset(there));
    expect(published?.manifest).toMatchObject({ row_count: 60, generation: 2 });
  });

  it('refuses where it is not', async () => {
    const { there, publish } = await setUp();
    const scratchDirectory = await temporaryDirectory();
    await publishParquet(examplePublication({ store: there, scratchDirectory, rows: exampleRows(20) }));
    const failure = await publish(50).catch((error: unknown) => error);
    expect(isLakeError(failure, 'conflict') && failure.code).toBe('ALREADY_PUBLISHED');
  });

  it('publishes nothing once it was cancelled', async () => {
    const { here, there, puts } = await setUp();
    const scratchDirectory = await temporaryDirectory();
    const rows = exampleRows(20);
    const { facts } = await publishParquet(examplePublication({ store: here, scratchDirectory, rows }));
    const published = await readPublished(exampleDataset(here));
    const publication = {
      ...examplePublication({ store: there, scratchDirectory, rows }),
      signal: AbortSignal.abort(),
    };
    const failure = await publishFile(publication, { source: published!.data, facts }).catch(
      (error: unknown) => error,
    );
    expect(isLakeError(failure, 'cancelled')).toBe(true);
    expect(puts()).toEqual([]);
  });
});
