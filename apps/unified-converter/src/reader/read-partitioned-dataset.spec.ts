import { openParquet } from '@ticklake/parquet';
import { join } from 'node:path';
import { typeText, valueAt } from '@ticklake/columnar';
import type { Filter, PageCounts } from '@ticklake/scan';
import { localStore } from '@ticklake/storage';
import { BLOOM_FILTER, PUBLISHED_LIMITS } from '../limits.js';
import { ARENA, suiteDirectory, testLake } from '../testing/context.js';
import { duckdbRows } from '../testing/duckdb.js';
import type { StorageOptions } from '../partitions/storage-options.js';
import { binanceKlines, consolidatedTrades, dayMs } from '../testing/rows.js';
import { readPartitionedDataset, type ReadOptions } from './read-partitioned-dataset.js';

const root = suiteDirectory();
const klinesPath = join(root, 'unified/klines/binance_BTCUSDT_1m');
const tradesPath = join(root, 'unified/aggtrades/binance_BTCUSDT');
const DAYS = ['2023-12-31', '2024-01-01', '2024-01-02', '2024-02-10', '2024-10-01'];

beforeAll(async () => {
  const lake = testLake(root, { output: localStore(join(root, 'unified')) });
  for (const day of DAYS) await lake.put(`BTCUSDT-1m-${day}.csv`, binanceKlines(day, { bars: 100 }));
  await lake.put(
    'aggtrades_binance_BTCUSDT_consolidated.csv',
    consolidatedTrades('2024-01-01', { trades: 50 }),
  );
  await lake.convert();
});

/** All rows as text, and which partitions were opened. */
async function read(path: string, options: ReadOptions = {}) {
  const rows: string[][] = [];
  const opened: string[] = [];
  const types = new Set<string>();
  const onPartition = (one: { path: string }) => void opened.push(one.path);
  for await (const batch of readPartitionedDataset(path, { arena: ARENA, onPartition, ...options })) {
    types.add(batch.schema.fields.map(({ name, type }) => `${name} ${typeText(type)}`).join(', '));
    for (let row = 0; row < batch.rowCount; row++) {
      rows.push(
        batch.columns.map((column, i) => {
          const value = valueAt(column, row);
          if (batch.schema.fields[i]?.type.kind === 'bool') return String(value === 1);
          return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
        }),
      );
    }
  }
  return { rows, opened: opened.map((name) => name.replace(/^.*year=/, '')), types: [...types] };
}

it('gives all rows in order of time, with what the directories say, typed as the guide prints it', async () => {
  const { rows, types, opened } = await read(klinesPath);
  expect(rows).toHaveLength(500);
  expect(opened).toEqual([
    '2023/month=12/day=31/',
    '2024/month=1/day=1/',
    '2024/month=1/day=2/',
    '2024/month=2/day=10/',
    '2024/month=10/day=1/',
  ]);
  expect(types).toEqual([
    'timestamp int64, exchange utf8, symbol utf8, timeframe utf8, open float64, high float64, low float64, close float64, volume float64, year int16, month int8, day int8',
  ]);
  expect(rows[0]?.slice(0, 4)).toEqual([String(dayMs('2023-12-31')), 'binance', 'BTCUSDT', '1m']);
  expect(rows[0]?.slice(-3)).toEqual(['2023', '12', '31']);
  const times = rows.map(([time]) => Number(time));
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

it('opens only partitions that the filters leave', async () => {
  const filters: readonly Filter[] = [
    ['year', '=', 2024],
    ['month', '=', 1],
  ];
  expect((await read(klinesPath, { filters })).opened).toEqual([
    '2024/month=1/day=1/',
    '2024/month=1/day=2/',
  ]);
  expect((await read(klinesPath, { filters: [['symbol', '=', 'ETHUSDT']] })).opened).toEqual([]);
  expect(
    (
      await read(klinesPath, {
        filters: [
          ['month', 'in', [2, 10]],
          ['day', '<', 10],
        ],
      })
    ).opened,
  ).toEqual(['2024/month=10/day=1/']);
});

it('does not read row groups that their statistics rule out', async () => {
  const seen: number[] = [];
  const onPartition = ({ rowGroupsRead }: { rowGroupsRead: number }) => void seen.push(rowGroupsRead);
  const filters: readonly Filter[] = [['timestamp', '>=', BigInt(dayMs('2024-02-10'))]];
  const { rows } = await read(klinesPath, { filters, onPartition });
  expect({ seen, rows: rows.length }).toEqual({ seen: [0, 0, 0, 1, 1], rows: 200 });
});

it('does not read pages that their index rules out', async () => {
  const output = localStore(join(root, 'many'));
  const lake = testLake(join(root, 'sources of many'), { output });
  await lake.put('klines_binance_BTCUSDT_1m_consolidated.csv', binanceKlines('2024-01-01', { bars: 1 }));
  await lake.put(
    'aggtrades_binance_BTCUSDT_consolidated.csv',
    consolidatedTrades('2024-01-01', { trades: 80_000 }),
  );
  await lake.convert();
  const many = join(root, 'many/aggtrades/binance_BTCUSDT');
  const all = await read(many, { columns: ['timestamp'] });
  const [first, last] = [all.rows[40_000], all.rows[40_009]].map((row) => BigInt(row?.[0] ?? ''));
  const filters: readonly Filter[] = [['timestamp', 'between', [first ?? 0n, last ?? 0n]]];
  const counts: PageCounts[] = [];
  const { rows } = await read(many, { filters, columns: ['timestamp'], onPages: (one) => counts.push(one) });
  expect(rows).toEqual(all.rows.slice(40_000, 40_010));
  expect(counts).toMatchObject([{ rowGroup: 0, rows: 80_000, rowsRead: 32_768, pages: 3, pagesRead: 1 }]);
});

it('finds a trade by its id in one page: files say the order of rows, and what each page has', async () => {
  const lake = testLake(root, { output: localStore(join(root, 'by id')) });
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 1 }));
  await lake.put(
    'aggtrades_binance_BTCUSDT_consolidated.csv',
    consolidatedTrades('2024-01-01', { trades: 70_000, firstId: 5_000_000_000 }),
  );
  await lake.convert();
  const counts: PageCounts[] = [];
  const { rows } = await read(join(root, 'by id/aggtrades/binance_BTCUSDT'), {
    filters: [['trade_id', '=', 5_000_040_000n]],
    columns: ['trade_id', 'timestamp'],
    onPages: (one) => counts.push(one),
  });
  expect(rows).toEqual([['5000040000', String(dayMs('2024-01-01') + 40_000_000)]]);
  expect(counts).toMatchObject([{ rows: 70_000, rowsRead: 32_768, pages: 3, pagesRead: 1 }]);
  const [trades = ''] = (await lake.published()).keys();
  expect(trades).toMatch(/^aggtrades/);
  const reader = await openParquet(
    { source: await lake.output.open(trades), arena: ARENA },
    PUBLISHED_LIMITS,
  );
  reader.close();
  const [group] = reader.rowGroups;
  expect(group?.sortingColumns).toEqual(['timestamp']);
  const indexed = group?.columns.filter(({ hasColumnIndex }) => hasColumnIndex).map(({ name }) => name);
  expect(indexed).toEqual(['timestamp', 'trade_price', 'trade_quantity', 'trade_is_buyer_maker', 'trade_id']);
  // Ids that rise by one are a few bytes; a bloom filter of them is a megabit.
  const ids = group?.columns.find(({ name }) => name === 'trade_id');
  expect(ids?.sizeBytes).toBeLessThan(70_000 / 8 / 10);
});

it('does not read row groups whose bloom filters rule them out, where ids do not rise with time', async () => {
  const days = ['2024-01-01', '2024-01-02', '2024-01-03'];
  const trades = days.flatMap((day, n) =>
    Array.from({ length: 100 }, (_, i) => `${dayMs(day) + i * 1000},40000.5,0.5,True,${i * 3 + n}\n`),
  );
  const readTrade = async (name: string, columns: StorageOptions['columns'], filter: Filter) => {
    const lake = testLake(root, { output: localStore(join(root, name)) });
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 1 }));
    const text = `timestamp,price,quantity,is_buyer_maker,agg_trade_id\n${trades.join('')}`;
    await lake.put('aggtrades_binance_BTCUSDT_consolidated.csv', text);
    await lake.convert({ storage: { compression: 'zstd', zstdLevel: 3, ...(columns && { columns }) } });
    const seen: number[] = [];
    const { rows } = await read(join(root, name, 'aggtrades/binance_BTCUSDT'), {
      ...{ filters: [filter], columns: ['trade_id', 'day'] },
      onPartition: ({ rowGroupsRead }) => void seen.push(rowGroupsRead),
    });
    return { seen, rows };
  };
  const columns = { trade_id: { bloomFilter: BLOOM_FILTER } };
  const rows = [['151', '2']];
  const one: Filter = ['trade_id', '=', 151n];
  expect(await readTrade('ids in turn', undefined, one)).toEqual({ seen: [1, 1, 1], rows });
  expect(await readTrade('ids in turn, filtered', columns, one)).toEqual({ seen: [0, 1, 0], rows });
  const some: Filter = ['trade_id', 'in', [151n, 3_000n, 154n]];
  expect(await readTrade('ids in turn, several', columns, some)).toEqual({
    seen: [0, 1, 0],
    rows: [...rows, ['154', '2']],
  });
});

it('gives the columns that are asked for, in that order, also those that are only in directories', async () => {
  const { types, rows } = await read(klinesPath, {
    columns: ['day', 'close', 'symbol'],
    filters: [['month', '=', 2]],
  });
  expect(types).toEqual(['day int8, close float64, symbol utf8']);
  expect(rows[0]).toEqual(['10', '40000', 'BTCUSDT']);
});

it.each<[string, readonly Filter[], string]>([
  ['=', [['close', '=', 40_001.5]], 'close = 40001.5'],
  ['==', [['close', '==', 40_001.5]], 'close = 40001.5'],
  ['!=', [['volume', '!=', 0.25]], 'volume <> 0.25'],
  ['<', [['timestamp', '<', 1_704_067_500_000]], 'timestamp < 1704067500000'],
  ['<=', [['close', '<=', 40_001]], 'close <= 40001'],
  ['>', [['timestamp', '>', 1_707_523_200_000n]], 'timestamp > 1707523200000'],
  ['>=', [['day', '>=', 10]], 'day >= 10'],
  ['between', [['close', 'between', [40_001, 40_003.5]]], 'close BETWEEN 40001 AND 40003.5'],
  ['in', [['volume', 'in', [0.25, 3.25]]], 'volume IN (0.25, 3.25)'],
  [
    'five at once',
    [
      ['year', '=', 2024],
      ['month', '<', 10],
      ['day', '!=', 2],
      ['volume', '>', 1],
      ['close', '<', 40_005],
    ],
    'year = 2024 AND month < 10 AND day <> 2 AND volume > 1 AND close < 40005',
  ],
])('leaves the rows that DuckDB leaves: %s', async (_, filters, where) => {
  const columns = ['timestamp', 'close', 'volume'];
  const { rows } = await read(klinesPath, { filters, columns });
  const expected = await duckdbRows(
    `SELECT timestamp, close, volume FROM read_parquet('${klinesPath}/**/*.parquet', hive_partitioning = true) WHERE ${where} ORDER BY timestamp`,
  );
  expect(expected.length).toBeGreaterThan(0);
  expect(rows).toEqual(expected);
});

it('filters truth and text as well', async () => {
  const makers = await read(tradesPath, {
    filters: [
      ['trade_is_buyer_maker', '=', true],
      ['timeframe', '=', '1m'],
    ],
  });
  expect(makers.rows).toHaveLength(25);
  expect((await read(tradesPath, { filters: [['timeframe', '!=', '1m']] })).rows).toEqual([]);
});

it.each<[string, ReadOptions, string]>([
  ['a column that is not there', { filters: [['price', '=', 1]] }, 'FILTER'],
  ['an operator that is none', { filters: [['close', '=>' as '=', 1]] }, 'FILTER'],
  ['a text for a number', { filters: [['year', '=', '2024']] }, 'FILTER'],
  ['a list without in', { filters: [['year', '=', [2024]]] }, 'FILTER'],
  ['in without a list', { filters: [['year', 'in', 2024]] }, 'FILTER'],
  ['between with one end', { filters: [['year', 'between', [2024]]] }, 'FILTER'],
  ['a column to give that is not there', { columns: ['price'] }, 'COLUMN'],
])('refuses %s', async (_, options, code) => {
  await expect(read(klinesPath, options)).rejects.toMatchObject({ name: 'LakeError', kind: 'invalid', code });
});

it('says where there is no dataset', async () => {
  await expect(read(join(root, 'nothing'))).rejects.toMatchObject({ kind: 'missing', code: 'NO_DATASET' });
});
