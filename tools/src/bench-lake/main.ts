// `npm run bench-lake`: reads of a made lake, by the reader of the partitioner and by DuckDB, in one warm process.
import { errorText } from '@ticklake/core';
import { openLake, type ReadResult } from '@ticklake/partitioner';
import { localStore, type ObjectStore } from '@ticklake/storage';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepResults } from '../measure/keep-results.js';
import { machineFacts } from '../measure/machine-facts.js';
import { contestsOf, READS, type MadeLakes } from './contests.js';
import { countingStore, noRequests, type StoreRequests } from './counting-store.js';
import { openDuckdb } from './duckdb-read.js';
import { DAY, makeLake } from './make-lake.js';
import { raceReads, type Race } from './race-reads.js';
import { ioTable, latencyTable, requestsTable } from './reads-table.js';
import { csvSizes, sizesTable } from './storage-sizes.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Of the instrument and day that are read. */
    trades: { type: 'string', default: '1000000' },
    /** Keeps the tables under `tools/bench-lake/results`. */
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const SIZE = { trades: Number(values.trades), instruments: 12, days: 5, listed: 5_000 };

const folder = await mkdtemp(join(tmpdir(), 'ticklake-lake-'));
const duckdb = await openDuckdb();
try {
  const lakes = await makeLakes();
  const requests = [
    ...(await requestsOf('hive', lakes.hive)),
    ...(await requestsOf('dash-code', lakes.dashCode)),
  ];
  const before = machineFacts();
  const races: Race[] = [];
  for await (const contest of contestsOf(lakes, duckdb.connection))
    races.push(await raceReads(contest, rounds));
  const text = [
    `${before}, and after it: ${machineFacts().replace(/^.*(load [^,]+).*$/, '$1')}`,
    `${rounds} rounds, all ways of reading in each; a ratio is that of a way to the first one, the median of rounds`,
    ...['## Latency, warm', latencyTable(races)],
    ...['## Requests of the store', requestsTable(requests)],
    ...['## What a warm read asks the kernel for', ioTable(races)],
    ...['## Storage', await storage(lakes)],
  ].join('\n\n');
  process.stdout.write(`${text}\n`);
  if (values.write) await keepResults('bench-lake', 'Reads of a lake', `${text}\n`);
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  duckdb.close();
  await rm(folder, { recursive: true });
}

async function makeLakes(): Promise<MadeLakes> {
  const [hiveFolder, dashFolder] = [join(folder, 'hive'), join(folder, 'dash-code')];
  for (const one of [hiveFolder, dashFolder]) await mkdir(one);
  const [hive, dashCode] = [localStore(hiveFolder), localStore(dashFolder)];
  await makeLake(hive, 'hive', SIZE);
  await makeLake(dashCode, 'dash-code', SIZE);
  const day = 'by_date/year=2024/month=3/day=2';
  const instrument = `${day}/venue=BINANCE-FUTURES/instrument_id=BINANCE-FUTURES%3APERPETUAL%3ABTC-USDT`;
  return {
    ...{ hiveFolder, hive, dashCode },
    files: {
      trades: `execution_data/${instrument}/data_type=trades/data.parquet`,
      candles: `ml_data/${instrument}/data_type=ohlcv_1m/timeframe=1m/data.parquet`,
      availability: `instrument_availability/${day}/data.parquet`,
    },
  };
}

/** Of the first read of a lake, which opens the tier and the footer too, and of the same one again. */
async function requestsOf(layout: string, store: ObjectStore) {
  const requests = noRequests();
  const lake = openLake(countingStore(store, requests));
  const all: (readonly [string, StoreRequests])[] = [];
  const count = async (name: string, result: ReadResult) => {
    for (const which of ['first', 'again']) {
      const before = { ...requests };
      for await (const batch of result) void batch;
      all.push([`${name}, ${layout}, ${which}`, difference(requests, before)]);
    }
  };
  await count('ticks', lake.readExecutionData(READS.trades));
  await count('candles', lake.readMlData(READS.candles));
  await count('availability', lake.readAvailabilityData(READS.availability));
  lake.close();
  return all;
}

function difference(after: StoreRequests, before: StoreRequests): StoreRequests {
  const entries = Object.entries(after) as [keyof StoreRequests, number][];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value - before[key]]),
  ) as unknown as StoreRequests;
}

/** The trades that are read. */
async function storage({ hiveFolder, files }: MadeLakes): Promise<string> {
  const { csv, gzip } = await csvSizes({ seed: 1, rows: SIZE.trades, day: DAY });
  const { size } = await stat(join(hiveFolder, files.trades));
  return sizesTable([
    ['CSV', csv],
    ['CSV, gzip', gzip],
    ['Parquet, one view (`--copies primary`)', size],
    ['Parquet, copies in all four views', 4 * size],
  ]);
}
