import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { candles, cliLakes, instruments, trades } from './testing/cli-lake.js';
import { runApp } from './testing/run-app.js';

const setUp = cliLakes();

/** Ticks of a pair on the first and the fourth day, and of another on the first. */
async function setUpLake() {
  const lake = setUp();
  lake.put(
    'trades.csv',
    trades(['BTCUSDT', 0, 'buy', 1], ['ETHUSDT', 0, 'buy', 3], ['BTCUSDT', 3, 'buy', 4]),
  );
  await lake.partition('execution', '--data-type', 'trades', '--copies', 'all');
  const path = (name: string) => join(lake.lake, 'execution_data', name);
  return { ...lake, path };
}

const DAY = 'year-2023/month-05/day-23';
const ETH = 'instrument-binance%3ASPOT_PAIR%3AETH-USDT';

describe('coverage', () => {
  it('has the days that there are, and those that are missing', async () => {
    const { run } = await setUpLake();
    expect(await run('coverage', 'execution')).toMatchObject({
      code: 0,
      out:
        'BINANCE:SPOT_PAIR:BTC-USDT trades: 2023-05-23 to 2023-05-26, 2 days, 2 missing: 2023-05-24, 2023-05-25\n' +
        'BINANCE:SPOT_PAIR:ETH-USDT trades: 2023-05-23 to 2023-05-23, 1 days\n',
    });
  });

  it('has only what lacks days where that is asked for, also as JSON', async () => {
    const { run } = await setUpLake();
    const { out } = await run('coverage', 'execution', '--gaps', '--json');
    const btc = { instrument: 'BINANCE:SPOT_PAIR:BTC-USDT', dataType: 'trades', days: 2 };
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({ ...btc, missing: ['2023-05-24', '2023-05-25'] }),
    ]);
  });

  it('of instruments is of all of them', async () => {
    const { partition, put, run } = setUp();
    put('tardis.json', instruments());
    await partition('availability', '--date', '2023-05-23');
    expect((await run('coverage', 'availability')).out).toBe(
      'all instruments available_instruments: 2023-05-23 to 2023-05-23, 1 days\n',
    );
  });
});

describe('verify', () => {
  it.each(['primary', 'all'])('finds nothing in what was published, with copies of %s', async (copies) => {
    const { directory, input, put } = setUp();
    put('klines/klines.csv', candles(61));
    put('ticks/trades.csv', trades(['BTCUSDT', 0, 'buy', 1], ['BTCUSDT', 1, 'buy', 2]));
    put('instruments/tardis.json', instruments());
    const of = (tier: string, folder: string, ...args: readonly string[]) =>
      runApp([
        'partition',
        tier,
        '--input',
        join(input, folder),
        '--output',
        directory,
        '--copies',
        copies,
        ...args,
      ]);
    await of(
      'ml',
      'klines',
      '--data-type',
      'ohlcv_1m',
      '--instrument',
      'binance:SPOT_PAIR:BTC-USDT',
      '--resample',
      '5m',
    );
    await of('execution', 'ticks', '--materialize-columns', 'venue,date,year');
    await of('availability', 'instruments');
    for (const [tier, out] of [
      ['ml', '2 partitions, 74 rows'],
      ['execution', '2 partitions, 2 rows'],
      ['availability', '1 partitions, 2 rows'],
    ] as const) {
      expect(await runApp(['verify', tier, '--lake', directory])).toMatchObject({
        ...{ code: 0, out: `${out}, 0 not as they should be\n` },
      });
    }
    expect((await runApp(['verify', 'execution', '--lake', directory, '--date', '20230524'])).out).toContain(
      '1 partitions, 1 rows',
    );
  });

  it.each<[string, (path: (name: string) => string) => void, string]>([
    [
      'rows',
      (path) => appendFileSync(path(`by_date/${DAY}/venue-binance/${ETH}/trades.parquet`), '!'),
      'DATA_MISMATCH',
    ],
    [
      'a copy',
      (path) => appendFileSync(path(`by_venue/venue-binance/${DAY}/${ETH}/binance_trades.parquet`), '!'),
      'by_venue',
    ],
    [
      'a copy that is gone',
      (path) => rmSync(path(`by_type/type-spot/${DAY}/venue-binance/${ETH}/trades.parquet`)),
      'a copy is not there',
    ],
    [
      'a manifest',
      (path) => writeFileSync(path(`by_date/${DAY}/venue-binance/${ETH}/_trades.json`), '{}'),
      'error',
    ],
  ])('ends with 4 where somebody changed %s', async (_, change, text) => {
    const { run, path } = await setUpLake();
    change(path);
    const { code, out } = await run('verify', 'execution');
    expect(code).toBe(4);
    expect(out).toContain(text);
    expect(out).toMatch(/3 partitions, \d rows, 1 not as they should be\n$/);
  });

  it('warns of rows that no manifest publishes, which is no error', async () => {
    const { run, path } = await setUpLake();
    rmSync(path(`by_date/${DAY}/venue-binance/${ETH}/_trades.json`));
    const { code, out } = await run('verify', 'execution');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('warning manifest: rows lie here that no manifest publishes'),
    ]);
    expect((await run('coverage', 'execution')).out).not.toContain('ETH-USDT');
  });

  it('ends with 2 for days that are none', async () => {
    const { run } = await setUpLake();
    expect((await run('verify', 'execution', '--date', '2023-05-24', '--date-to', '2023-05-23')).code).toBe(
      2,
    );
  });
});

describe('relayout', () => {
  it('publishes a tier anew, proves that its rows are the same, and says so', async () => {
    const { run, directory } = await setUpLake();
    const hive = join(directory, 'hive');
    const { code, out } = await run(
      'relayout',
      'execution',
      '--output',
      hive,
      '--from',
      'dash-code',
      '--to',
      'hive',
    );
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^3 partitions, 3 rows, 3 published; content [0-9a-f]{32}, as before\n$/),
    ]);
    const again = await run('relayout', 'execution', '--output', hive, '--to', 'hive', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ partitions: 3, rows: 3, published: 0, failures: {} });
    expect((await runApp(['verify', 'execution', '--lake', hive])).out).toBe(
      '3 partitions, 3 rows, 0 not as they should be\n',
    );
  });

  it('leaves readers of the old place where they are, or with --redirect leads them to the new one', async () => {
    const { run, directory, json, lake } = await setUpLake();
    const hive = join(directory, 'hive');
    await run('relayout', 'execution', '--output', hive, '--to', 'hive', '--copies', 'primary');
    expect(json('execution_data/_layout.json')).not.toHaveProperty('moved_to');
    await run('relayout', 'execution', '--output', hive, '--to', 'hive', '--copies', 'primary', '--redirect');
    expect(json('execution_data/_layout.json')).toMatchObject({
      ...{ layout: 'dash-code', moved_to: expect.stringMatching(/^file:.*hive\/execution_data/) },
    });
    rmSync(join(lake, 'execution_data/by_date'), { recursive: true });
    const read = await run('read', 'execution', '--date', '2023-05-23', '--columns', 'price,venue');
    expect(read.out).toBe('price,venue\n1,BINANCE\n3,BINANCE\n');
  });

  it.each<[number, string, readonly string[]]>([
    [15, '"found":"dash-code"', ['--from', 'hive', '--to', 'hive', '--output', 'NEW']],
    [2, 'in the place where it is', ['--to', 'dash-code', '--output', 'LAKE', '--copies', 'all']],
    [15, 'laid out otherwise', ['--to', 'hive', '--output', 'LAKE']],
    [2, 'no such view', ['--to', 'hive', '--output', 'NEW', '--views', 'by_timeframe']],
  ])('ends with %d: %s', async (code, text, args) => {
    const { run, directory, lake } = await setUpLake();
    const given = args.map((one) => ({ NEW: join(directory, 'new'), LAKE: lake })[one] ?? one);
    const ended = await run('relayout', 'execution', ...given);
    expect(ended.code).toBe(code);
    expect(`${ended.err}${ended.out}`.replaceAll('=', '":"')).toContain(text.replaceAll('=', '":"'));
  });

  it('ends with 3 where other rows are in the new place', async () => {
    const { run, directory, input, put } = await setUpLake();
    const hive = join(directory, 'hive');
    put('trades.csv', trades(['BTCUSDT', 0, 'buy', 9]));
    await runApp([
      'partition',
      'execution',
      '--input',
      input,
      '--output',
      hive,
      '--layout',
      'hive',
      '--data-type',
      'trades',
      '--copies',
      'all',
    ]);
    const { code, out, err } = await run(
      'relayout',
      'execution',
      '--output',
      hive,
      '--to',
      'hive',
      '--redirect',
    );
    expect([code, out]).toEqual([3, expect.stringContaining('1 failed')]);
    expect(err).toContain('ALREADY_PUBLISHED');
    expect((await run('read', 'execution', '--date', '2023-05-23', '--count')).out).toBe('2\n');
  });
});

describe('sql', () => {
  it('prints views of DuckDB over a tier that is laid out as hive', async () => {
    const { run, directory } = await setUpLake();
    const hive = join(directory, 'hive');
    await run('relayout', 'execution', '--output', hive, '--to', 'hive');
    const { code, out } = await runApp(['sql', 'execution', '--lake', hive]);
    expect(code).toBe(0);
    expect(out).toContain(
      `CREATE OR REPLACE VIEW "execution_trades" AS\nSELECT * FROM read_parquet('${hive}/execution_data/by_date/year=*/`,
    );
  });

  it.each<[number, string, readonly string[]]>([
    [2, 'engines find no columns in the paths of a tier', []],
    [10, 'there is no such tier', ['--root', 'other']],
  ])('ends with %d: %s', async (code, text, args) => {
    const { run } = await setUpLake();
    const ended = await run('sql', 'execution', ...args);
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(text)]);
  });

  it('ends with 2 for BigQuery over a lake that is not on Google Cloud Storage', async () => {
    const { partition, put, run } = setUp();
    put('klines.csv', candles(2));
    await partition(
      'ml',
      '--layout',
      'hive',
      '--data-type',
      'ohlcv_1m',
      '--instrument',
      'binance:SPOT_PAIR:BTC-USDT',
    );
    const { code, err } = await run('sql', 'ml', '--dialect', 'bigquery');
    expect([code, err]).toEqual([2, expect.stringContaining('BigQuery reads lakes on Google Cloud Storage')]);
  });
});
