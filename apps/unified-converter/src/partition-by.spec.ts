import { valueAt } from '@ticklake/columnar';
import { localStore } from '@ticklake/storage';
import { join } from 'node:path';
import { METADATA_NAME } from './documents/metadata.js';
import { readPartitionedDataset, type ReadOptions } from './reader/read-partitioned-dataset.js';
import { ARENA, suiteDirectory, testLake, type TestLake } from './testing/context.js';
import { json } from './testing/derived-bars.js';
import { duckdbRows } from './testing/duckdb.js';
import { binanceKlines, consolidatedFundings, dayMs } from './testing/rows.js';

const root = suiteDirectory();
let number = 0;

const DAYS = ['2023-12-31', '2024-01-01', '2024-01-02', '2024-01-31', '2024-02-29'];
const FUNDINGS = 'futures_binance_BTCUSDT_consolidated.csv';
const below = 'futures/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/';

async function fundings(days: readonly string[] = DAYS): Promise<TestLake & { readonly path: string }> {
  const path = join(root, String(number++));
  const lake = { ...testLake(root, { output: localStore(path) }), path };
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 3 }));
  await lake.put(FUNDINGS, consolidatedFundings(...days));
  return lake;
}

async function partitions(lake: TestLake): Promise<readonly string[]> {
  const keys = [...(await lake.published()).keys()].filter((key) => key.startsWith(below));
  return keys.map((key) => key.slice(below.length));
}

async function read(lake: { readonly path: string }, options: ReadOptions) {
  const rows: string[] = [];
  const path = join(lake.path, 'futures/binance_BTCUSDT');
  for await (const batch of readPartitionedDataset(path, { arena: ARENA, ...options }))
    for (let row = 0; row < batch.rowCount; row++)
      rows.push(batch.columns.map((column) => String(valueAt(column, row))).join(' '));
  return rows;
}

describe('fundings by month', () => {
  it('are a file a month, whose rows have their days, for DuckDB too', async () => {
    const lake = await fundings();
    expect(await lake.convert({ partitionBy: 'month' })).toMatchObject({ failed: 0 });
    expect(await partitions(lake)).toEqual([
      'year=2023/month=12/data.parquet',
      'year=2024/month=1/data.parquet',
      'year=2024/month=2/data.parquet',
    ]);
    const found = await duckdbRows(
      `SELECT year, month, day, count(*), min(timestamp) FROM read_parquet('${lake.path}/futures/**/data.parquet', hive_partitioning = true) GROUP BY ALL ORDER BY ALL`,
    );
    expect(found.map((row) => row.join(' '))).toEqual(
      DAYS.map((day) => `${day.split('-').map(Number).join(' ')} 3 ${dayMs(day)}`),
    );
    const types = await duckdbRows(
      `SELECT converted_type FROM parquet_schema('${lake.path}/futures/**/month=1/data.parquet') WHERE name = 'day'`,
    );
    expect(types).toEqual([['INT_8']]);
  });

  it('are read with filters on years, months and days like those by day', async () => {
    const [months, days] = [await fundings(), await fundings()];
    await months.convert({ partitionBy: 'month' });
    await days.convert();
    const columns = ['timestamp', 'year', 'month', 'day', 'funding_rate'];
    const filters: ReadOptions['filters'] = [
      ['year', '=', 2024],
      ['day', 'in', [1, 29, 31]],
    ];
    for (const options of [{ columns }, { columns, filters }])
      expect(await read(months, options)).toEqual(await read(days, options));
    expect(await read(months, { columns, filters })).toHaveLength(9);
    const opened: string[] = [];
    const onPartition = ({ path }: { readonly path: string }) => void opened.push(path);
    await read(months, { columns, filters: [['month', '=', 2]], onPartition });
    expect(opened).toEqual(['exchange=binance/symbol=BTCUSDT/year=2024/month=2/']);
  });

  it('are validated, and the documents say how they are laid out', async () => {
    const lake = await fundings();
    const { validation } = await lake.convert({ partitionBy: 'month' });
    expect(validation?.datasets['futures/binance_BTCUSDT']).toMatchObject({ status: 'PASS', rows: 15 });
    expect(await json(lake.output, METADATA_NAME)).toMatchObject({
      data_types: {
        futures: {
          datasets: {
            'futures/binance_BTCUSDT': {
              partition_by: 'month',
              columns: expect.arrayContaining([
                { name: 'month', type: 'int8', nullable: false, in: 'path' },
                { name: 'day', type: 'int8', nullable: false, in: 'file' },
              ]),
              sources: [expect.objectContaining({ days: ['2023-12', '2024-01', '2024-02'] })],
            },
          },
        },
      },
    });
    expect(await json(lake.output, '_config.json')).toMatchObject({
      format: { partitioning: { futures: ['exchange', 'symbol', 'year', 'month'] } },
    });
  });

  it('stay by month without being asked, and only the month that has changed is made again', async () => {
    const lake = await fundings();
    await lake.convert({ partitionBy: 'month' });
    const before = await lake.published();
    await lake.put(FUNDINGS, consolidatedFundings(...DAYS, '2024-02-28'));
    expect(await lake.convert()).toMatchObject({
      datasets: [{ done: 0 }, { name: 'futures', done: 1 }],
      failed: 0,
    });
    const after = await lake.published();
    const changed = [...after].filter(([key, etag]) => before.get(key) !== etag);
    expect(changed.map(([key]) => key)).toEqual([`${below}year=2024/month=2/data.parquet`]);
    expect(await read(lake, { columns: ['day'], filters: [['month', '=', 2]] })).toEqual([
      ...['28', '28', '28', '29', '29', '29'],
    ]);
  });

  it.each([
    ['day', 'month'],
    ['month', 'day'],
  ] as const)('are not mixed with others: by %s, then by %s', async (first, second) => {
    const lake = await fundings();
    await lake.convert({ partitionBy: first });
    const before = await lake.published();
    await expect(lake.convert({ partitionBy: second, forceRerun: true })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PARTITION_BY',
      details: { published: first, wanted: second },
    });
    expect(await lake.published()).toEqual(before);
  });
});

it('a collection that is laid out in another way than the others says so', async () => {
  const lake = await fundings();
  await lake.convert();
  await lake.put('ETHUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 3 }));
  await lake.put('futures_binance_ETHUSDT_consolidated.csv', consolidatedFundings(...DAYS));
  await lake.convert({ symbol: 'ETHUSDT', partitionBy: 'month' });
  const config = await json(lake.output, '_config.json');
  expect(config).toMatchObject({
    format: { partitioning: { futures: ['exchange', 'symbol', 'year', 'month', 'day'] } },
    collections: {
      binance_ETHUSDT_1m: { partitioning: { futures: ['exchange', 'symbol', 'year', 'month'] } },
    },
  });
  expect(Object.keys((config as { collections: object }).collections)).toHaveLength(2);
});
