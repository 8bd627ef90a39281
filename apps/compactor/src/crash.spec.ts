import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUtcDay } from '@ticklake/core';
import { localStore, memoryStore, withPrefix, type FileSystem, type ObjectStore } from '@ticklake/storage';
import { crashingFileSystem, crashingStore, recordFileSystem, recordStore } from '@ticklake/storage/testing';
import { compact, type JobContext } from './job.js';
import type { PartitionKey } from './partition-key.js';
import { ARENA, testContext, testRequest, testSettings } from './testing/context.js';
import { contentsOf, expectedRows, publishedRows, putSpool, type SpoolRow } from './testing/spool.js';
import { verifyPartition } from './verify-partition.js';

const TODAY = '2026-02-04';
const DAY_MS = 1_770_076_800_000n;

const rows = (start: number, count: number): SpoolRow[] =>
  Array.from({ length: count }, (_, i) => [DAY_MS + BigInt(start + i * 7), i / 8, `S${i % 2}`]);

interface SpooledPartition {
  readonly key: PartitionKey;
  readonly directory: string;
  readonly files: Readonly<Record<string, readonly SpoolRow[]>>;
}

const PARTITIONS: readonly SpooledPartition[] = [
  {
    key: { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: parseUtcDay('20260203') },
    directory: 'exchange=binance/stream=bbo/symbol=btcusdt/',
    files: { '2026-02-03_10-00-00.parquet': rows(0, 30), '2026-02-03_10-01-00.parquet': rows(100, 20) },
  },
  {
    key: { exchange: 'okx', stream: 'trade', symbol: 'ethusdt', day: parseUtcDay('20260203') },
    directory: 'exchange=okx/stream=trade/symbol=ethusdt/',
    files: { '2026-02-03_11-00-00.parquet': rows(3, 25) },
  },
];

async function spool(): Promise<ObjectStore> {
  const raw = memoryStore();
  for (const { directory, files } of PARTITIONS) {
    for (const [name, content] of Object.entries(files)) await putSpool(raw, directory + name, content);
  }
  return raw;
}

/** What every crash must leave alone: nothing published, or all of it. */
async function checkInvariants(raw: ObjectStore, compactStore: ObjectStore): Promise<void> {
  for (const { key, directory, files } of PARTITIONS) {
    const published = `${directory}date=20260203/`;
    if ((await compactStore.head(`${published}meta.json`)) === undefined) continue;
    const { signal } = new AbortController();
    const { findings } = await verifyPartition(key, { arena: ARENA, raw, compact: compactStore, signal });
    expect(findings).toEqual([]);
    expect(await publishedRows(compactStore, `${published}data.parquet`)).toEqual(expectedRows(files));
  }
}

/** What is published and what state says, without versions of objects and times of writing. */
async function outcome(compactStore: ObjectStore): Promise<Record<string, string>> {
  const contents = await contentsOf(compactStore);
  const kept = [...contents].filter(([key]) => !key.endsWith('.lock'));
  const timeless = (text: string) => text.replace(/"(etag|updated_at)": "[^"]*"/g, '"$1": "…"');
  return Object.fromEntries(kept.map(([key, text]) => [key, key.endsWith('.json') ? timeless(text) : text]));
}

describe('a run that is killed', () => {
  /** Spool and lake in one store, so that one counter sees every operation on either. */
  const sides = (store: ObjectStore) => ({
    raw: withPrefix(store, 'spool/'),
    compact: withPrefix(store, 'lake/'),
  });

  async function spooledStore(): Promise<ObjectStore> {
    const store = memoryStore();
    const files = await contentsOf(await spool());
    for (const [key, content] of files) await store.put(`spool/${key}`, Buffer.from(content, 'latin1'));
    return store;
  }

  it.each(['before', 'after'] as const)(
    '%s any store operation leaves nothing torn, and the next run ends the same',
    async (when) => {
      const recorded = recordStore(await spooledStore());
      await compact(testRequest(), testContext(sides(recorded.store), { today: TODAY }));
      const { length: operationCount } = recorded.operations;
      const expected = await outcome(sides(recorded.store).compact);
      expect(Object.keys(expected)).toHaveLength(5);
      expect(operationCount).toBeGreaterThan(30);
      for (let failAt = 1; failAt <= operationCount; failAt++) {
        const inner = await spooledStore();
        const store = crashingStore(inner, failAt, when);
        await killed(testContext(sides(store), { today: TODAY }));
        expect(store.crashed).toBe(true);
        const { raw, compact: lake } = sides(inner);
        await checkInvariants(raw, lake);
        await compact(testRequest(), testContext({ raw, compact: lake }, { today: TODAY }));
        expect(await outcome(lake)).toEqual(expected);
      }
    },
    300_000,
  );
});

describe('a run on a local disk that is killed', () => {
  const directories: string[] = [];
  const newDirectory = () => {
    const directory = mkdtempSync(join(tmpdir(), 'ticklake-crash-'));
    directories.push(directory);
    return directory;
  };
  afterEach(() => {
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  });

  function localContext(raw: ObjectStore, root: string, fileSystem?: FileSystem): JobContext {
    const options = fileSystem === undefined ? {} : { fileSystem };
    const scratch = join(root, '.tmp-scratch');
    return {
      ...testContext(
        { raw, compact: localStore(root, options) },
        { today: TODAY, settings: testSettings({ scratch }) },
      ),
      ...options,
    };
  }

  it.each(['before', 'half', 'after'] as const)(
    '%s any file operation leaves nothing torn, and the next run ends the same',
    async (when) => {
      const raw = await spool();
      const recorded = recordFileSystem();
      const clean = newDirectory();
      await compact(testRequest(), localContext(raw, clean, recorded.fileSystem));
      const expected = await outcome(localStore(clean));
      const { length: operationCount } = recorded.operations;
      expect(operationCount).toBeGreaterThan(100);
      for (let failAt = 1; failAt <= operationCount; failAt++) {
        const root = newDirectory();
        const fileSystem = crashingFileSystem(failAt, when);
        await killed(localContext(raw, root, fileSystem));
        await checkInvariants(raw, localStore(root));
        await compact(testRequest(), localContext(raw, root));
        expect(await outcome(localStore(root))).toEqual(expected);
        rmSync(root, { recursive: true, force: true });
      }
    },
    600_000,
  );
});

/** Runs into the crash: whatever the run makes of it, it is over. */
async function killed(context: JobContext): Promise<void> {
  await compact(testRequest(), context).then(
    () => undefined,
    () => undefined,
  );
}
