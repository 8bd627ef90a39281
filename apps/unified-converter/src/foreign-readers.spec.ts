import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { suiteDirectory, testLake } from './testing/context.js';
import { duckdbRows } from './testing/duckdb.js';
import { binanceKlines, consolidatedFundings, consolidatedTrades } from './testing/rows.js';

const directory = suiteDirectory();
const unified = join(directory, 'unified');

beforeAll(async () => {
  const lake = testLake(directory, { output: localStore(unified) });
  for (const bars of [1000, 1440]) {
    // Twice, so that partitions have an old generation beside them.
    for (const day of ['2024-01-01', '2024-01-02'])
      await lake.put(`BTCUSDT-1m-${day}.csv`, binanceKlines(day, { bars }));
    await lake.put(
      'aggtrades_binance_BTCUSDT_consolidated.csv',
      consolidatedTrades('2024-01-01', { trades: bars }),
    );
    await lake.put(
      'futures_binance_BTCUSDT_consolidated.csv',
      consolidatedFundings('2024-01-01', '2024-01-02'),
    );
    await lake.convert();
  }
});

/** What a reader of partitioned datasets takes: Parquet files whose names begin neither with `_` nor with `.`. */
function takenFiles(dataset: string): readonly string[] {
  const names = readdirSync(join(unified, dataset), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /(^|\/)[^/._][^/]*\.parquet$/.test(name))
    .map((name) => join(unified, dataset, name));
}

const EXPECTED = {
  klines: [2880, 'timestamp Int64, open Float64, high Float64, low Float64, close Float64, volume Float64'],
  aggtrades: [
    1440,
    'timestamp Int64, timeframe Utf8, trade_price Float64, trade_quantity Float64, trade_is_buyer_maker Bool, trade_id Int64',
  ],
  futures: [6, 'timestamp Int64, timeframe Utf8, funding_rate Float64, funding_time Int64'],
} as const;

it('are compressed by zstd, but for columns of which that saves little', async () => {
  const rows = await duckdbRows(
    `SELECT compression, bool_and(total_compressed_size < total_uncompressed_size)::VARCHAR
     FROM parquet_metadata('${unified}/**/data.parquet') GROUP BY compression ORDER BY compression`,
  );
  expect(rows).toEqual([
    ['UNCOMPRESSED', 'false'],
    ['ZSTD', 'true'],
  ]);
});

it.each(Object.entries(EXPECTED))(
  'DuckDB and the Rust reader agree about %s: counts and types',
  async (dataset, [rows, types]) => {
    const kept = readdirSync(join(unified, dataset), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.kept'),
    );
    expect(kept.length > 0).toBe(dataset !== 'futures');
    const tables = takenFiles(dataset).map((file) =>
      tableFromIPC(readParquet(readFileSync(file)).intoIPCStream()),
    );
    expect(tables.reduce((sum, table) => sum + table.numRows, 0)).toBe(rows);
    for (const { schema } of tables) {
      expect(schema.fields.map(({ name, type }) => `${name} ${String(type)}`).join(', ')).toBe(types);
    }
    const source = `read_parquet('${unified}/${dataset}/**/*.parquet', hive_partitioning = true)`;
    expect(
      await duckdbRows(`SELECT count(*), count(DISTINCT day), min(year), min(symbol) FROM ${source}`),
    ).toEqual([[String(rows), String(tables.length), '2024', 'BTCUSDT']]);
  },
);
