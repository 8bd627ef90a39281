import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { architectureDataset } from '@ticklake/market';
import { openAvailability, openLake, type LakeReader } from '@ticklake/partitioner';
import type { ObjectStore } from '@ticklake/storage';
import { join } from 'node:path';
import { sqlText } from '../bench/sql-text.js';
import { duckdbRead } from './duckdb-read.js';
import { lakeRead } from './lake-read.js';
import { DAY, INSTRUMENT } from './make-lake.js';
import type { Contest } from './race-reads.js';
import type { Read } from './read.js';

/** A lake on the local disk, in both layouts. */
export interface MadeLakes {
  /** The folder of the one in the hive layout. */
  readonly hiveFolder: string;
  readonly hive: ObjectStore;
  readonly dashCode: ObjectStore;
  /** What is read of the hive layout, by data type: files of partitions, from the folder. */
  readonly files: { readonly trades: string; readonly candles: string; readonly availability: string };
}

/** What is read. */
export const READS = {
  trades: { date: DAY, venue: 'BINANCE-FUTURES', instrumentId: INSTRUMENT, dataType: 'trades' },
  candles: { date: DAY, venue: 'BINANCE-FUTURES', instrumentId: INSTRUMENT, timeframe: '1m' },
  availability: { date: DAY },
} as const;

/** Ticks, candles and availability, by us and by DuckDB; each is made when it is asked for: an index is not in memory before. */
export async function* contestsOf(lakes: MadeLakes, connection: DuckDBConnection): AsyncGenerator<Contest> {
  const [hive, dashCode] = [openLake(lakes.hive), openLake(lakes.dashCode)];
  const { trades, candles, availability } = lakes.files;
  const duckdb = duckdbOver(connection, lakes.hiveFolder);
  const instrument = [...DAY_KEYS, ['venue', 'BINANCE-FUTURES'], ['instrument_id', INSTRUMENT]] as const;
  const tickKeys = [...instrument, ['data_type', 'trades']] as const;
  const candleKeys = [...instrument, ['data_type', 'ohlcv_1m'], ['timeframe', '1m']] as const;
  const maxima = columnsOf('trades').map((name) => `max(${name})`);
  yield {
    name: 'ticks of a day',
    reads: [
      ...bothLakes(hive, dashCode, (lake) => lake.readExecutionData(READS.trades)),
      await duckdb.file('DuckDB, exact path', trades),
      await duckdb.filtered('DuckDB, hive filters', 'execution_data', tickKeys),
      await duckdb.file('DuckDB, one row of maxima', trades, maxima.join()),
    ],
    ...{ columns: columnsOf('trades'), equalReads: 4, readsPerRound: [10, 10, 5, 5, 5], goalMs: 100 },
  };
  yield {
    name: '1m candles of a day',
    reads: [
      ...bothLakes(hive, dashCode, (lake) => lake.readMlData(READS.candles)),
      await duckdb.file('DuckDB, exact path', candles),
      await duckdb.filtered('DuckDB, hive filters', 'ml_data', candleKeys),
    ],
    ...{ columns: columnsOf('ohlcv_1m'), readsPerRound: [40, 40, 20, 20], goalMs: 10 },
  };
  yield {
    name: 'availability, from files',
    reads: [
      ...bothLakes(hive, dashCode, (lake) => lake.readAvailabilityData(READS.availability)),
      await duckdb.file('DuckDB, exact path', availability),
      await duckdb.filtered('DuckDB, hive filters', 'instrument_availability', DAY_KEYS),
    ],
    ...{ columns: columnsOf('available_instruments'), readsPerRound: [20, 20, 10, 10], goalMs: undefined },
  };
  yield {
    name: 'availability, from the index',
    reads: [await indexRead(hive), await duckdb.table('DuckDB, table in memory')],
    columns: ['instrument_id', 'venue', 'instrument_type', 'base_asset', 'tick_size'],
    ...{ readsPerRound: [200, 50], goalMs: 1 },
  };
}

function columnsOf(dataType: string): readonly string[] {
  return architectureDataset(dataType).schema.fields.map(({ name }) => name);
}

function bothLakes(
  hive: LakeReader,
  dashCode: LakeReader,
  open: (lake: LakeReader) => ReturnType<LakeReader['readMlData']>,
) {
  return [lakeRead('ours, hive', () => open(hive)), lakeRead('ours, dash-code', () => open(dashCode))];
}

/** The instruments that could be traded on a day. */
async function indexRead(lake: LakeReader): Promise<Read> {
  const index = await openAvailability(lake);
  return {
    name: 'ours, index',
    read: () => Promise.resolve(index.availableOn(DAY).length),
    async *values(names) {
      const rows = index.availableOn(DAY) as readonly object[] as readonly Record<string, unknown>[];
      yield new Map(names.map((name) => [name, rows.map((row) => row[name])]));
    },
  };
}

type Keys = readonly (readonly [name: string, value: DuckDBValue])[];

const DAY_KEYS = [
  ['year', 2024],
  ['month', 3],
  ['day', 2],
] as const;

function duckdbOver(connection: DuckDBConnection, folder: string) {
  const scan = (path: string) => `read_parquet(${sqlText(join(folder, path))}, hive_partitioning = true)`;
  return {
    file: (name: string, path: string, columns = '*') =>
      duckdbRead(connection, name, { sql: `SELECT ${columns} FROM ${scan(path)}` }),
    filtered(name: string, tier: string, keys: Keys) {
      const where = keys.map(([key], i) => `${key} = $${i + 1}`).join(' AND ');
      const sql = `SELECT * FROM ${scan(`${tier}/by_date/**/*.parquet`)} WHERE ${where}`;
      return duckdbRead(connection, name, { sql, values: keys.map(([, value]) => value) });
    },
    async table(name: string) {
      const files = scan('instrument_availability/by_date/**/*.parquet');
      await connection.run(`CREATE TABLE availability AS SELECT * FROM ${files}`);
      const sql = `SELECT * FROM availability WHERE year = $1 AND month = $2 AND day = $3
        AND available_from <= make_date($1, $2, $3) AND (available_to IS NULL OR available_to >= make_date($1, $2, $3))`;
      return duckdbRead(connection, name, { sql, values: DAY_KEYS.map(([, value]) => value) });
    },
  };
}
