import { createArena } from '@ticklake/columnar';
import { assert, type ByteSource } from '@ticklake/core';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { interceptStore, type StoreOperation } from '@ticklake/storage/testing';
import { partitionExecutionData } from '../partition-data.js';
import { saveAndUploadPartitions } from '../save-partitions.js';
import { ARENA, batchOf, dayUs, NOON, suiteDirectory } from '../testing/context.js';
import { keysOf, partition, publishedOf, storeOf, tradesCsv } from '../testing/small-lake.js';
import { rowsOf } from '../testing/rows.js';
import type { FoundPartition } from './find-partitions.js';
import { openLake } from './open-lake.js';
import { openTier } from './open-tier.js';
import { partitionFiles, type PartitionFiles } from './partition-files.js';

const scratch = suiteDirectory();
const DAYS = ['2023-05-23', '2023-05-24', '2023-05-25'] as const;

/** A tier of a trade a day, whose operations are noted. */
async function smallTier() {
  const output = memoryStore();
  const days = DAYS.map((day) => [`${day}_trades.csv`, tradesCsv(day, [['BTCUSDT', 1, 10]])]);
  await partition(await storeOf(Object.fromEntries(days)), output, { scratch });
  const operations: StoreOperation[] = [];
  const noted = interceptStore(output, (operation, work) => {
    operations.push(operation);
    return work();
  });
  const tier = await openTier(noted, 'execution', { root: undefined, openMoved: () => noted });
  const published = [...(await publishedOf(tier))];
  const found = published.map(([primary, { copies }], i): FoundPartition => {
    const [copy] = copies;
    assert(copy !== undefined, 'there are copies');
    const names = { tier: 'execution', dataType: 'trades', day: DAYS[i], venue: 'BINANCE' } as never;
    return { names, primary, path: copy.path };
  });
  operations.length = 0;
  return {
    output,
    store: tier.store,
    found: found as [FoundPartition, FoundPartition, FoundPartition],
    operations,
  };
}

async function opened(files: PartitionFiles, store: ObjectStore, found: FoundPartition) {
  const file = await files.open(store, found);
  assert(file !== undefined, 'it is published');
  return file;
}

const pricesOf = async (file: Awaited<ReturnType<typeof opened>>) =>
  rowsOf(file.reader.batches({ columns: ['price'], rowsMax: 10 }), ['price']);

it('a footer is read once, also for two who ask at the same time', async () => {
  const { store, found, operations } = await smallTier();
  const files = partitionFiles(ARENA);
  const both = await Promise.all([opened(files, store, found[0]), opened(files, store, found[0])]);
  expect(both[0].reader).toBe(both[1].reader);
  for (const one of both) {
    expect(one.isCopy).toBe(true);
    expect(await pricesOf(one)).toEqual([[10]]);
    one.release();
  }
  operations.length = 0;
  const again = await opened(files, store, found[0]);
  expect(again.reader).toBe(both[0].reader);
  expect(operations.filter(({ name }) => name === 'read')).toEqual([]);
  again.release();
  files.close();
});

it('a file in use stays open, however many others are opened', async () => {
  const { store, found, operations } = await smallTier();
  const files = partitionFiles(ARENA, { footersMax: 1 });
  const first = await opened(files, store, found[0]);
  for (const other of [found[1], found[2]]) (await opened(files, store, other)).release();
  expect(await pricesOf(first)).toEqual([[10]]);
  first.release();
  (await opened(files, store, found[1])).release();
  operations.length = 0;
  (await opened(files, store, found[0])).release();
  expect(operations.some(({ name }) => name === 'read')).toBe(true);
  files.close();
});

it('a copy that others wrote over is not read, and is again when it is as it was', async () => {
  const { output, store, found } = await smallTier();
  const files = partitionFiles(ARENA);
  (await opened(files, store, found[0])).release();
  const key = `execution_data/${found[0].path}`;
  const { bytes } = await output.get(key);
  const other = (await output.get(`execution_data/${found[1].path}`)).bytes;
  for (const torn of [other, new Uint8Array(bytes.length), bytes.subarray(0, 20)]) {
    await output.put(key, torn);
    const file = await opened(files, store, found[0]);
    expect(file.isCopy).toBe(false);
    expect(await rowsOf(file.reader.batches({ rowsMax: 10 }), ['timestamp'])).toEqual([
      [dayUs(DAYS[0]) + 1_000_000n],
    ]);
    file.release();
  }
  await output.put(key, bytes);
  const again = await opened(files, store, found[0]);
  expect([again.isCopy, await pricesOf(again)]).toEqual([true, [[10]]]);
  again.release();
  await output.delete(key);
  expect((await opened(files, store, found[0])).isCopy).toBe(false);
  files.close();
});

it('a partition that is replaced is read as it is now', async () => {
  const { output, store, found } = await smallTier();
  const files = partitionFiles(ARENA);
  const before = await opened(files, store, found[0]);
  before.release();
  const late = { 'late_trades.csv': tradesCsv(DAYS[0], [['BTCUSDT', 2, 20]]) };
  await partition(await storeOf(late), output, { scratch });
  for (const path of [found[0].path, found[0].primary]) {
    const now = await opened(files, store, { ...found[0], path });
    expect(await pricesOf(now)).toEqual([[10], [20]]);
    now.release();
  }
  files.close();
});

it('a read that a replacement overtakes begins anew', async () => {
  const { output, store, found } = await smallTier();
  let overtaking: (() => Promise<unknown>) | undefined = async () => {
    const late = { 'late_trades.csv': tradesCsv(DAYS[0], [['BTCUSDT', 2, 20]]) };
    await partition(await storeOf(late), output, { scratch });
  };
  const overtaken = interceptStore(output, async (operation, work) => {
    const replace = overtaking;
    if (operation.name === 'read' && replace !== undefined) {
      overtaking = undefined;
      await replace();
    }
    return work();
  });
  const read = openLake(overtaken).readExecutionData({ date: DAYS[0], venue: 'binance' });
  expect(await rowsOf(read, ['price'])).toEqual([[10], [20]]);
  expect((await keysOf(store, '')).length).toBeGreaterThan(found.length);
});

it('of a large file, only the bytes of the columns that are asked for are read', async () => {
  const rows = 60_000;
  const columns = Object.fromEntries(
    Array.from({ length: 12 }, (_, column) => [
      `value_${column}`,
      Array.from({ length: rows }, (_, row) => Math.fround(Math.sin(row * 12 + column))),
    ]),
  );
  const timestamp = Array.from({ length: rows }, (_, row) => dayUs(DAYS[0]) + BigInt(row));
  const output = memoryStore();
  const names = { date: DAYS[0], instrumentId: 'BINANCE:SPOT_PAIR:BTC-USDT', dataType: 'trades' };
  const set = await partitionExecutionData([batchOf({ timestamp, ...columns })], names);
  await saveAndUploadPartitions(set, { output, scratchDirectory: scratch, clock: NOON });
  const counted = { bytes: 0 };
  const lake = openLake(countingStore(output, counted), { memoryBytes: 2 ** 27 });
  const size = (await output.head(await primaryKey(output)))?.size ?? 0;
  const two = lake.readExecutionData({ date: DAYS[0], columns: ['value_3', 'value_7'] });
  expect(await rowsOf(two)).toHaveLength(rows);
  expect(counted.bytes).toBeGreaterThan(size / 12);
  expect(counted.bytes).toBeLessThan(size / 4);
  lake.close();
});

async function primaryKey(output: ObjectStore): Promise<string> {
  const keys = await keysOf(output, 'execution_data/by_date/');
  const key = keys.find((one) => one.endsWith('/trades.parquet'));
  assert(key !== undefined, 'it is published');
  return key;
}

/** A store whose reads of Parquet files are counted. */
function countingStore(store: ObjectStore, counted: { bytes: number }): ObjectStore {
  return {
    ...store,
    async open(key) {
      const source = await store.open(key);
      const read: ByteSource['read'] = async (offset, length, into) => {
        counted.bytes += length;
        return source.read(offset, length, into);
      };
      return { ...source, read };
    },
  };
}

it('memory for rows is given back', async () => {
  const { store, found } = await smallTier();
  const arena = createArena({ bytesMax: 2 ** 22 });
  const files = partitionFiles(arena, { footersMax: 1 });
  for (let i = 0; i < 30; i++) {
    const file = await opened(files, store, found[i % 3] as FoundPartition);
    expect(await pricesOf(file)).toEqual([[10]]);
    file.release();
  }
  files.close();
});
