import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { recordStore } from '@ticklake/storage/testing';
import { READ_ROWS } from '../limits.js';
import { partitionExecutionData } from '../partition-data.js';
import { saveAndUploadPartitions } from '../save-partitions.js';
import { batchOf, dayUs, NOON, suiteDirectory } from '../testing/context.js';
import { openLake } from './open-lake.js';

const scratchDirectory = suiteDirectory();
const BTC = 'BINANCE:SPOT_PAIR:BTC-USDT';
const DAY = { date: '2023-05-23', instrumentId: BTC, dataType: 'trades' };
const ROWS = 3 * READ_ROWS + 1;

/** A day of trades whose price cannot be told by the one before. */
async function setUp() {
  const memory = memoryStore();
  const start = dayUs('2023-05-23');
  const rows = Array.from({ length: ROWS }, (_, i) => i);
  const batch = batchOf({
    timestamp: rows.map((i) => start + BigInt(i) * 1000n),
    price: rows.map((i) => ((i * 2_654_435_761) % 1_000_003) / 7),
    amount: rows.map((i) => ((i * 40_503_001) % 999_983) / 3),
  });
  const set = await partitionExecutionData([batch], { dataType: 'trades', instrumentId: BTC });
  const [uploaded] = await saveAndUploadPartitions(set, { output: memory, scratchDirectory, clock: NOON });
  const { store, operations } = recordStore(memory);
  const counted = countBytes(store);
  const copy = uploaded?.views.get('by_instrument_id')?.[0]?.uri.slice(memory.url.length + 1) ?? '';
  return { memory, operations, copy, bytes: counted.bytes, lake: openLake(counted.store) };
}

/** A store, and how many bytes were read of each object of it. */
function countBytes(store: ObjectStore): {
  readonly store: ObjectStore;
  readonly bytes: Map<string, number>;
} {
  const bytes = new Map<string, number>();
  const open: ObjectStore['open'] = async (key) => {
    const source = await store.open(key);
    return {
      ...source,
      read: (offset, length, ...rest) => {
        bytes.set(key, (bytes.get(key) ?? 0) + length);
        return source.read(offset, length, ...rest);
      },
    };
  };
  return { store: { ...store, open }, bytes };
}

async function drain(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const batch of batches) expect(batch).toBeDefined();
}

async function rowCounts(batches: AsyncIterable<{ readonly rowCount: number }>): Promise<readonly number[]> {
  const counts: number[] = [];
  for await (const { rowCount } of batches) counts.push(rowCount);
  return counts;
}

it('rows come in batches, and nothing is read before the first is asked for (RD-16)', async () => {
  const { lake, operations } = await setUp();
  const read = lake.readExecutionData(DAY);
  expect(operations).toEqual([]);
  const counts = await rowCounts(read);
  expect(Math.max(...counts)).toBeLessThanOrEqual(READ_ROWS);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ROWS);
});

it('a result is read from its beginning as often as it is iterated', async () => {
  const { lake } = await setUp();
  const read = lake.readExecutionData({ ...DAY, columns: ['price'] });
  expect(await rowCounts(read)).toEqual(await rowCounts(read));
});

it('only ranges of columns that are wanted are read, and a footer once (RD-12)', async () => {
  const { lake, bytes, copy, memory, operations } = await setUp();
  const { size } = await memory.open(copy);
  await drain(lake.readExecutionData({ ...DAY, columns: ['price'] }));
  const first = bytes.get(copy) ?? 0;
  expect([...bytes.keys()]).toEqual([copy]);
  expect(first).toBeGreaterThan(size / 4);
  expect(first).toBeLessThan(size * 0.6);
  expect(operations.filter(({ name }) => name === 'get').every(({ key }) => key.endsWith('.json'))).toBe(
    true,
  );
  await drain(lake.readExecutionData({ ...DAY, columns: ['price'] }));
  expect((bytes.get(copy) ?? 0) - first).toBeLessThan(first);
});

it('rows that filters rule out are not read', async () => {
  const { lake, bytes, copy } = await setUp();
  await drain(lake.readExecutionData({ ...DAY, columns: ['price'] }));
  const all = bytes.get(copy) ?? 0;
  bytes.clear();
  const filters = [['timestamp', '<', dayUs('2023-05-23') + 1000n]] as const;
  const counts = await rowCounts(lake.readExecutionData({ ...DAY, columns: ['price'], filters }));
  expect(counts).toEqual([1]);
  expect(bytes.get(copy)).toBeLessThan(all);
});

it('a partition has no rows in any view without its manifest, whose put commits all copies (D-27)', async () => {
  const { lake, memory } = await setUp();
  for await (const { key } of memory.list('')) if (key.endsWith('_trades.json')) await memory.delete(key);
  const reads = [DAY, { date: DAY.date, venue: 'binance' }, { date: DAY.date }, { instrumentId: BTC }];
  for (const read of reads) expect(await rowCounts(lake.readExecutionData(read))).toEqual([]);
});

it('a copy that is gone is read in the primary view', async () => {
  const { lake, memory, copy, bytes } = await setUp();
  await memory.delete(copy);
  const counts = await rowCounts(lake.readExecutionData(DAY));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ROWS);
  expect([...bytes.keys()]).toEqual([expect.stringContaining('by_date')]);
});
