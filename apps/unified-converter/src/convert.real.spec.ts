import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { unzipSync } from 'fflate';
import type { ConvertRequest } from './convert-request.js';
import { suiteDirectory, testLake } from './testing/context.js';
import { duckdbRows } from './testing/duckdb.js';

const data = process.env['TICKLAKE_DATA'];
const suite = data === undefined && process.env['CI'] === undefined ? describe.skip : describe;

const directory = suiteDirectory();
let number = 0;

const KLINES = 'binance/klines/BTCUSDT-1m-2024-01-01.csv';
const BINANCE_KLINES =
  "header = false, columns = {'t': 'BIGINT', 'open': 'DOUBLE', 'high': 'DOUBLE', 'low': 'DOUBLE', 'close': 'DOUBLE', 'volume': 'DOUBLE', 'a': 'VARCHAR', 'b': 'VARCHAR', 'c': 'VARCHAR', 'd': 'VARCHAR', 'e': 'VARCHAR', 'f': 'VARCHAR'}";
const BINANCE_TRADES =
  "header = false, columns = {'id': 'BIGINT', 'price': 'DOUBLE', 'quantity': 'DOUBLE', 'a': 'VARCHAR', 'b': 'VARCHAR', 't': 'BIGINT', 'maker': 'BOOLEAN', 'c': 'VARCHAR'}";
const LEAN_BARS =
  "header = false, columns = {'t': 'BIGINT', 'open': 'DOUBLE', 'high': 'DOUBLE', 'low': 'DOUBLE', 'close': 'DOUBLE', 'volume': 'DOUBLE'}";
const BARS = 'open, high, low, close, volume';

/** One conversion of real files, and what DuckDB makes of the same. */
interface RealCase {
  readonly dataset: 'klines' | 'aggtrades' | 'futures';
  /** Below the folder of real data. */
  readonly files: readonly string[];
  readonly request?: Partial<ConvertRequest>;
  /** How DuckDB reads a file. */
  readonly csv: string;
  /** What it selects of it. */
  readonly select: string;
  readonly columns: string;
  /** Rows by partition, where they are known. */
  readonly days?: Readonly<Record<string, number>>;
  readonly rows: number;
}

/** Converts, each source named, and compares every value of every row as a multiset with what DuckDB reads. */
async function compare({
  dataset,
  files,
  request = {},
  csv,
  select,
  columns,
  days,
  rows,
}: RealCase): Promise<void> {
  const root = join(directory, String(number++));
  mkdirSync(root);
  for (const file of [...files, KLINES]) copyFileSync(join(data ?? '', file), join(root, basename(file)));
  const output = localStore(join(root, 'unified'));
  const lake = testLake(directory, { data: localStore(root), output });
  const names = files.map((file) => basename(file));
  const sources = { klines: [basename(KLINES)], [dataset]: names };
  const summary = await lake.convert({ sources, ...request });
  expect(summary.failed).toBe(0);
  const entry = summary.datasets.find(({ name }) => name === dataset)?.entry;
  expect(entry).toMatchObject({ rows, partial: false });
  expect(entry?.sources.reduce((sum, source) => sum + source.rows, 0)).toBe(rows);
  const expected = files.map(
    (file) => `SELECT ${select} FROM read_csv(${sqlText(plainCsv(root, file))}, ${csv})`,
  );
  const published = `SELECT ${columns} FROM read_parquet(${sqlText(`${root}/unified/${dataset}/**/*.parquet`)}, hive_partitioning = true)`;
  const [counts] = await duckdbRows(`
    WITH expected AS (${expected.join(' UNION ALL ')}), published AS (${published})
    SELECT (SELECT count(*) FROM expected), (SELECT count(*) FROM published),
      (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM published)),
      (SELECT count(*) FROM (FROM published EXCEPT ALL FROM expected))`);
  expect(counts).toEqual([String(rows), String(rows), '0', '0']);
  const perMs = entry?.time_unit === 'us' ? 1000 : 1;
  const [misplaced] = await duckdbRows(
    `SELECT count(*) FROM read_parquet(${sqlText(`${root}/unified/${dataset}/**/*.parquet`)}, hive_partitioning = true) WHERE make_timestamp(timestamp * ${1000 / perMs})::DATE <> make_date(year, month, day)`,
  );
  expect(misplaced).toEqual(['0']);
  if (days === undefined) return;
  const counted = await duckdbRows(
    `SELECT format('{:04}-{:02}-{:02}', year, month, day), count(*) FROM read_parquet(${sqlText(`${root}/unified/${dataset}/**/*.parquet`)}, hive_partitioning = true) GROUP BY ALL ORDER BY 1`,
  );
  expect(Object.fromEntries(counted.map(([day, count]) => [day, Number(count)]))).toEqual(days);
}

/** A file that DuckDB can read: of a zip what is in it, by a program that has nothing of ours inside. */
function plainCsv(root: string, file: string): string {
  if (!file.endsWith('.zip')) return join(root, basename(file));
  const [bytes] = Object.values(unzipSync(readFileSync(join(data ?? '', file))));
  const path = join(root, `${basename(file)}.txt`);
  writeFileSync(path, bytes ?? '');
  return path;
}

function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

const inFolder = (folder: string, ...names: readonly string[]) => names.map((name) => `${folder}/${name}`);

suite('bars of Binance, every symbol and day: the listing, the outage and the leap day among them', () => {
  it.each<[string, readonly string[], Readonly<Record<string, number>>]>([
    [
      'BTCUSDT',
      [
        '2022-11-08.csv',
        '2022-11-09.csv',
        '2023-03-24.csv',
        '2023-12-31.csv',
        '2024-02-28.zip',
        '2024-02-29.zip',
        '2024-03-01.csv',
      ],
      {
        '2022-11-08': 1440,
        '2022-11-09': 1440,
        '2023-03-24': 1360,
        '2023-12-31': 1440,
        '2024-02-28': 1440,
        '2024-02-29': 1440,
        '2024-03-01': 1440,
      },
    ],
    ['BTCUSDT', ['2024-02-28.csv', '2024-02-29.csv'], { '2024-02-28': 1440, '2024-02-29': 1440 }],
    ['BTCUSDT', ['2024-01-01.csv'], { '2024-01-01': 1440 }],
    ['ETHUSDT', ['2023-12-31.csv', '2024-01-01.csv'], { '2023-12-31': 1440, '2024-01-01': 1440 }],
    ['ARBUSDT', ['2023-03-23.csv'], { '2023-03-23': 540 }],
    ['ADABTC', ['2021-11-27.csv'], { '2021-11-27': 10 }],
  ])('%s %s', async (symbol, ends, days) => {
    await compare({
      dataset: 'klines',
      files: inFolder('binance/klines', ...ends.map((end) => `${symbol}-1m-${end}`)),
      request: { symbol },
      csv: BINANCE_KLINES,
      select: `t AS timestamp, ${BARS}`,
      columns: `timestamp, ${BARS}`,
      days,
      rows: Object.values(days).reduce((sum, count) => sum + count, 0),
    });
  });
});

suite('bars of longer timeframes', () => {
  it.each([
    ['BTCUSDT', '2023-03-24', 'an outage of eighty minutes', 1360],
    ['ARBUSDT', '2023-03-23', 'a listing in the afternoon', 540],
    ['ADABTC', '2021-11-27', 'ten bars', 10],
  ])('%s %s, %s: what DuckDB makes of the file', async (symbol, day, _, rows) => {
    const root = join(directory, String(number++));
    mkdirSync(root);
    const file = `${symbol}-1m-${day}.csv`;
    copyFileSync(join(data ?? '', 'binance/klines', file), join(root, file));
    const lake = testLake(directory, { data: localStore(root), output: localStore(join(root, 'unified')) });
    const resample = ['5m', '15m', '1h', '4h', '1d'];
    const { failed, derived } = await lake.convert({ symbol, resample });
    expect(failed).toBe(0);
    const steps = [5, 15, 60, 240, 1440].map((minutes) => minutes * 60_000);
    for (const [i, { path, entry }] of derived.entries()) {
      const stepMs = steps[i] as number;
      // Sums of doubles depend on their order, which a list keeps.
      const expected = `SELECT t // ${stepMs} * ${stepMs} AS timestamp, arg_min(open, t), max(high), min(low), arg_max(close, t),
          list_reduce(list(volume ORDER BY t), lambda a, b: a + b), count(*) FROM read_csv(${sqlText(join(root, file))}, ${BINANCE_KLINES}) GROUP BY 1`;
      const published = `SELECT timestamp, ${BARS} FROM read_parquet(${sqlText(`${root}/unified/${path}/**/*.parquet`)})`;
      const [counts] = await duckdbRows(`
        WITH counted AS (${expected}), expected AS (SELECT columns(* EXCLUDE ("count_star()")) FROM counted), published AS (${published})
        SELECT (SELECT count(*) FROM published), (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM published)),
          (SELECT count(*) FROM (FROM published EXCEPT ALL FROM expected)),
          (SELECT count(*) FROM counted WHERE "count_star()" < ${stepMs / 60_000})`);
      expect(counts).toEqual([String(entry?.rows), '0', '0', String(entry?.derived_from?.incomplete_bars)]);
      expect(entry?.derived_from).toMatchObject({ rows_in: rows, bars_out: entry?.rows });
    }
  });
});

suite('trades of Binance', () => {
  const common = {
    dataset: 'aggtrades',
    csv: BINANCE_TRADES,
    select:
      't AS timestamp, price AS trade_price, quantity AS trade_quantity, maker AS trade_is_buyer_maker, id AS trade_id',
    columns: 'timestamp, trade_price, trade_quantity, trade_is_buyer_maker, trade_id',
  } as const;
  const folder = 'binance/aggtrades-derived';

  it('of the spot market, two days', async () => {
    const files = inFolder(folder, 'BTCUSDT-aggTrades-2024-08-08.csv', 'BTCUSDT-aggTrades-2024-08-09.csv');
    await compare({ ...common, files, days: { '2024-08-08': 5798, '2024-08-09': 5551 }, rows: 11_349 });
  });

  it('in microseconds, kept as they are', async () => {
    const files = inFolder(folder, 'BTCUSDT-aggTrades-2024-08-09-microseconds.csv');
    await compare({ ...common, files, days: { '2024-08-09': 5536 }, rows: 5536 });
  });

  it('in microseconds, as milliseconds', async () => {
    const files = inFolder(folder, 'BTCUSDT-aggTrades-2024-08-09-microseconds.csv');
    const select = common.select.replace('t AS', 't // 1000 AS');
    await compare({ ...common, files, select, request: { timeUnit: 'ms' }, rows: 5536 });
  });

  it('of futures, with a header', async () => {
    const files = inFolder(folder, 'BTCUSDT-futures-aggTrades-2024-08-08.csv');
    const csv = 'header = true';
    const select =
      'transact_time AS timestamp, price AS trade_price, quantity AS trade_quantity, is_buyer_maker AS trade_is_buyer_maker, agg_trade_id AS trade_id';
    await compare({ ...common, files, csv, select, rows: 10_447 });
  });
});

suite('fundings', () => {
  const time = (field: string, hours: number) => `epoch_ms(${field}) - ${hours} * 3600000`;
  const columns = 'timestamp, funding_rate, funding_time, timeframe';

  it.each([
    ['binance/funding/BTC-USDT_binance_2020-01-01_2024-01-01_funding_history.csv', 3, 4383],
    ['funding-other/BTC-USDT_bybit_2021-01-01_2024-01-01_funding_history.csv', 3, 3285],
    ['funding-other/BTC-USDT_gate_2020-01-01_2024-01-01_funding_history.csv', 0, 4290],
  ])('%s, of a clock %d hours ahead', async (file, hours, rows) => {
    const csv = "header = true, columns = {'s': 'VARCHAR', 't': 'TIMESTAMP', 'r': 'DOUBLE'}";
    const select = `${time('t', hours)} AS timestamp, r AS funding_rate, ${time('t', hours)} AS funding_time, '1m' AS timeframe`;
    await compare({
      dataset: 'futures',
      files: [file],
      request: { utcOffsetMinutes: hours * 60 },
      csv,
      select,
      columns,
      rows,
    });
  });

  it('of Lean', async () => {
    const file = 'lean/cryptofuture/binance/margin_interest/btcusd.csv';
    const csv = "header = false, columns = {'t': 'VARCHAR', 'r': 'DOUBLE'}";
    const parsed = "epoch_ms(strptime(t, '%Y%m%d %H:%M:%S'))";
    const select = `${parsed} AS timestamp, r AS funding_rate, ${parsed} AS funding_time, '1m' AS timeframe`;
    await compare({ dataset: 'futures', files: [file], csv, select, columns, rows: 12 });
  });
});

suite('bars of Lean', () => {
  it.each([
    ['crypto/binance/minute/btcbusd/20221213_trade.zip', 'BTCBUSD', '2022-12-13', 1440],
    ['crypto/coinbase/minute/btcusd/20180404_trade.zip', 'BTCUSD', '2018-04-04', 1007],
    ['cryptofuture/binance/minute/adausdt/20221213_trade.zip', 'ADAUSDT', '2022-12-13', 1440],
  ])('%s', async (file, symbol, day, rows) => {
    const select = `t + epoch_ms(DATE '${day}') AS timestamp, ${BARS}`;
    const request = { symbol };
    const files = [`lean/${file}`];
    await compare({
      dataset: 'klines',
      files,
      request,
      csv: LEAN_BARS,
      select,
      columns: `timestamp, ${BARS}`,
      days: { [day]: rows },
      rows,
    });
  });

  it('of an hour', async () => {
    const csv = LEAN_BARS.replace("'t': 'BIGINT'", "'t': 'VARCHAR'");
    const select = `epoch_ms(strptime(t, '%Y%m%d %H:%M')) AS timestamp, ${BARS}`;
    const files = ['lean/crypto/binance/hour/btcusdt_trade.zip'];
    await compare({
      dataset: 'klines',
      files,
      request: { timeframe: '1h' },
      csv,
      select,
      columns: `timestamp, ${BARS}`,
      rows: 120,
    });
  });

  it.each([
    'crypto/coinbase/minute/btcusd/20180404_quote.zip',
    'cryptofuture/binance/minute/adausdt/20221213_quote.zip',
  ])('%s has quotes, which are no bars: refused', async (file) => {
    const lake = testLake(directory, { data: localStore(join(data ?? '', 'lean')) });
    await expect(lake.convert({ sources: { klines: [file] } })).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'UNKNOWN_DIALECT',
      details: { file, line: 1, fields: 11 },
    });
  });
});
