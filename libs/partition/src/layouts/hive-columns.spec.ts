import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { parseUtcDay } from '@ticklake/core';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { layoutOf, type MarketPartition } from './index.js';

const candles = (day: string, instrument: string): MarketPartition => ({
  day: parseUtcDay(day),
  instrument,
  dataType: 'ohlcv_1m',
  timeframe: '1m',
});
const PARTITIONS: readonly MarketPartition[] = [
  candles('2023-05-23', 'BINANCE:SPOT_PAIR:BTC-USDT'),
  candles('2023-12-01', 'DERIBIT:OPTION:BTC-USD-241225-50000-CALL'),
  candles('2023-12-01', 'BINANCE:SPOT_PAIR:币安人生-USDT'),
  {
    day: parseUtcDay('2023-05-23'),
    instrument: 'BINANCE:SPOT_PAIR:BTC-USDT',
    dataType: 'technical_features',
  },
];

let instance: DuckDBInstance;
let connection: DuckDBConnection;
let directory: string;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  directory = mkdtempSync(join(tmpdir(), 'ticklake-partition-'));
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
  rmSync(directory, { recursive: true });
});

const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();

describe.each(layoutOf('hive').market('ml'))('DuckDB reads $view', (scheme) => {
  const written = PARTITIONS.filter(({ timeframe }) => scheme.view !== 'by_timeframe' || timeframe === '1m');

  it('as columns: whole numbers, ids as they are, no timeframe where there is none', async () => {
    for (const [row, partition] of written.entries()) {
      const path = join(directory, scheme.format(partition));
      mkdirSync(dirname(path), { recursive: true });
      await connection.run(`copy (select ${row} as row_number) to '${path}' (format parquet)`);
    }
    const files = `read_parquet('${directory}/${scheme.view}/**/*.parquet', hive_partitioning = true)`;
    const types = await rowsOf(`describe select year, month, day from ${files}`);
    expect(types.map((column) => column['column_type'])).toEqual(['BIGINT', 'BIGINT', 'BIGINT']);
    const rows = await rowsOf(
      `select make_date(year, month, day)::varchar as day, venue, instrument_id, data_type, timeframe
       from ${files} order by row_number`,
    );
    expect(rows).toEqual(
      written.map(({ day, instrument, dataType, timeframe }) => ({
        day,
        venue: instrument.split(':')[0],
        instrument_id: instrument,
        data_type: dataType,
        timeframe: timeframe ?? null,
      })),
    );
  });
});
