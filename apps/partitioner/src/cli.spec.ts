import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from './app.js';
import { cliLakes, trades } from './testing/cli-lake.js';
import { NOON } from './testing/context.js';
import { runApp } from './testing/run-app.js';

const setUp = cliLakes();
const BTC = 'instrument-binance%3ASPOT_PAIR%3ABTC-USDT';

/** Two days of two pairs. */
function setUpTrades() {
  const lake = setUp();
  lake.put(
    'binance_trades_2023-05-23.csv',
    trades(['BTCUSDT', 0, 'buy', 1], ['BTCUSDT', 0, 'sell', 2], ['ETHUSDT', 1, 'buy', 3]),
  );
  return lake;
}

describe('partition execution', () => {
  it('publishes ticks in all views, and says so', async () => {
    const { partition, files, json } = setUpTrades();
    expect(await partition('execution', '--copies', 'all')).toMatchObject({
      code: 0,
      out: 'trades: 3 rows of 1 sources in 2 partitions, 2 published\n',
    });
    const day = 'year-2023/month-05/day-23';
    expect(files().filter((name) => name.includes(BTC))).toEqual([
      `execution_data/by_date/${day}/venue-binance/${BTC}/_trades.json`,
      `execution_data/by_date/${day}/venue-binance/${BTC}/trades.parquet`,
      `execution_data/by_instrument_id/${BTC}/${day}/binance%3ASPOT_PAIR%3ABTC-USDT_trades.parquet`,
      `execution_data/by_type/type-spot/${day}/venue-binance/${BTC}/trades.parquet`,
      `execution_data/by_venue/venue-binance/${day}/${BTC}/binance_trades.parquet`,
    ]);
    expect(json('execution_data/_layout.json')).toEqual({
      ...{
        schema_version: 'architecture-layout/1',
        tier: 'execution',
        layout: 'dash-code',
        raw_colons: false,
      },
      ...{ views: ['by_date', 'by_venue', 'by_instrument_id', 'by_type'], copies: 'all' },
    });
  });

  it('tells what it did as JSON, with rows and hashes', async () => {
    const { partition } = setUpTrades();
    const { out } = await partition('execution', '--json', '--views', 'by_venue', '--copies', 'all');
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({
        ...{ dataType: 'trades', files: 1, rows: 3, failures: {} },
        partitions: expect.arrayContaining([
          expect.objectContaining({
            ...{ status: 'published', rows: 2, views: ['by_date', 'by_venue'] },
            sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          }),
        ]),
      }),
    ]);
  });

  it('does nothing with sources that are in it, and takes new ones to them', async () => {
    const { partition, put, run } = setUpTrades();
    await partition('execution');
    expect((await partition('execution')).out).toContain('3 rows of 1 sources in 2 partitions, 0 published');
    put('more_trades.csv', trades(['BTCUSDT', 0, 'sell', 4]));
    expect((await partition('execution')).out).toContain('4 rows of 2 sources in 2 partitions, 1 published');
    expect((await run('read', 'execution', '--date', '2023-05-23', '--count')).out).toBe('3\n');
  });

  it('ends with 3 where partitions cannot take a source that has changed, and replaces them with --overwrite', async () => {
    const { partition, put, run } = setUpTrades();
    await partition('execution');
    put('binance_trades_2023-05-23.csv', trades(['BTCUSDT', 0, 'buy', 9]));
    const { code, out, err } = await partition('execution');
    expect([code, out]).toEqual([3, 'trades: 1 rows of 1 sources in 0 partitions, 0 published, 1 failed\n']);
    expect(err).toContain('SOURCE_CHANGED');
    expect((await partition('execution', '--overwrite')).code).toBe(0);
    const read = await run('read', 'execution', '--date', '2023-05-23', '--columns', 'price');
    expect(read.out).toBe('price\n9\n');
  });

  it('prints which sources there are, and writes nothing', async () => {
    const { partition, lake, put } = setUpTrades();
    put('notes.txt', 'not a source');
    put('_old.csv', 'nor this');
    const { code, out } = await partition('execution', '--plan');
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^binance_trades_2023-05-23.csv\n1 sources, \d+ bytes\n$/),
    ]);
    expect(() => rmSync(lake, { recursive: true })).toThrow('ENOENT');
  });

  it('takes the sources that are named only, and says what it keeps nothing of', async () => {
    const { partition, put } = setUpTrades();
    put(
      'a/one.csv',
      'timestamp,local_timestamp,exchange,symbol,side,price,amount,mood\n1684800000000000,1684800000000000,x,y,buy,1,1,good\n',
    );
    const { code, err, out } = await partition(
      'execution',
      '--files',
      'a/one.csv',
      '--instrument',
      'cme:future:BTC-USD-241227',
    );
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('UNKNOWN_DATA_TYPE');
    const named = await partition(
      'execution',
      '--files',
      'a/one.csv',
      '--data-type',
      'trades',
      '--instrument',
      'cme:future:BTC-USD-241227',
    );
    expect(named).toMatchObject({
      code: 0,
      out: 'trades: 1 rows of 1 sources in 1 partitions, 1 published\n',
    });
    expect(named.err).toContain('"columns":"mood"');
  });

  it('writes references, and where it is told to, colons as they are and columns of paths', async () => {
    const { partition, files, json, run } = setUpTrades();
    const args = ['--raw-colons', '--materialize-columns', 'year,venue', '--layout', 'dash-diagram'];
    expect(await partition('execution', ...args)).toMatchObject({ code: 0 });
    const raw = 'raw_tick_data/by_date/year-2023/month-05/day-23/data_type-trades';
    const names = files();
    expect(names).toContain(`${raw}/binance:SPOT_PAIR:BTC-USDT.parquet`);
    const reference = names.find((name) => name.includes('by_venue') && name.includes('BTC')) ?? '';
    expect(reference).toMatch(/BTC-USDT\.parquet\.ref\.json$/);
    expect(json(reference)).toEqual({
      primary: `${raw.slice('raw_tick_data/'.length)}/binance:SPOT_PAIR:BTC-USDT.parquet`,
    });
    expect(json(`${raw}/_binance:SPOT_PAIR:BTC-USDT.json`)).toMatchObject({
      materialized: ['year', 'venue'],
      copies: [],
    });
    const read = await run(
      'read',
      'execution',
      '--date',
      '2023-05-23',
      '--venue',
      'binance',
      '--columns',
      'year,venue,price',
    );
    expect(read.out).toBe('year,venue,price\n2023,BINANCE,1\n2023,BINANCE,2\n');
  });

  it('takes what symbols mean from a file', async () => {
    const { partition, input, lake, put } = setUp();
    put('binance_trades.csv', trades(['FOO', 0, 'buy', 1]));
    const refused = await partition('execution');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('no rule tells which')]);
    const argv = ['partition', 'execution', '--input', input, '--output', lake, '--symbols', 'symbols.json'];
    const withSymbols = (text: string) => {
      const host = memoryHost({ argv, clock: NOON, files: { 'symbols.json': text } });
      return runCli(app, host).then((code) => ({ code, out: host.out(), err: host.err() }));
    };
    const wrong = await withSymbols('["binance FOO"]');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('not a JSON object of instruments')]);
    expect(await withSymbols('{"binance FOO": "BINANCE:SPOT_PAIR:FOO-BAR"}')).toMatchObject({ code: 0 });
  });
});

it('leaves nothing in the scratch folder, whether it succeeds or fails (AP-30)', async () => {
  const { partition, put, directory } = setUpTrades();
  const scratch = join(directory, 'scratch');
  const left = () =>
    readdirSync(scratch, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect((await partition('execution', '--scratch', scratch)).code).toBe(0);
  expect(left()).toEqual([]);
  put('more_trades.csv', trades(['BTCUSDT', 0, 'sell', 4]).replace(',0.5', ',half'));
  expect((await partition('execution', '--scratch', scratch)).code).toBe(3);
  expect(left()).toEqual([]);
});

describe('partition ends with', () => {
  it.each<[number, string, readonly string[]]>([
    [2, 'required', ['partition', 'execution']],
    [2, 'does not take "ticks"', ['partition', 'ticks']],
    [2, 'the tier has no such view', ['partition', 'execution', '--views', 'by_timeframe']],
    [2, 'no such column can be made', ['partition', 'execution', '--materialize-columns', 'hour']],
    [2, 'not a data type', ['partition', 'execution', '--data-type', 'trade']],
    [2, 'of another tier', ['partition', 'ml', '--data-type', 'trades']],
    [2, 'not an instrument id', ['partition', 'execution', '--instrument', 'BTC']],
    [2, 'a tier has nothing of that', ['partition', 'execution', '--resample', '5m']],
    [
      2,
      'a tier has nothing of that',
      ['partition', 'availability', '--instrument', 'BINANCE:SPOT_PAIR:BTC-USDT'],
    ],
    [2, 'bars of a timeframe cannot be made', ['partition', 'ml', '--resample', '7m']],
    [2, 'not a data type', ['partition', 'ml', '--resample', '30m']],
    [10, 'NO_SOURCE', ['partition', 'execution', '--files', 'nothing.csv']],
    [2, 'none of the formats that are read', ['partition', 'execution', '--files', 'notes.txt']],
    [10, 'NO_SOURCE', ['partition', 'availability']],
  ])('%d and %s for %j', async (code, text, argv) => {
    const { input, lake, put } = setUp();
    put('trades.csv', trades(['BTCUSDT', 0, 'buy', 1]));
    put('notes.txt', 'no source');
    const places = code === 2 && text === 'required' ? [] : ['--input', input, '--output', lake];
    const ended = await runApp([...argv, ...places]);
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(text)]);
  });

  it.each([
    ['CSV_EMPTY', ''],
    ['UNKNOWN_DATA_TYPE', 'a,b\n1,2\n'],
    ['CSV_VALUE', trades(['BTCUSDT', 0, 'buy', 1]).replace(',0.5', ',half')],
    ['CSV_FIELDS', `${trades(['BTCUSDT', 0, 'buy', 1])}1,2\n`],
  ])(
    '3 and %s for a source that is not as it should be, and publishes nothing of any',
    async (problem, text) => {
      const { partition, put, files } = setUpTrades();
      put('z_trades.csv', text);
      const { code, err } = await partition('execution');
      expect([code, err]).toEqual([3, expect.stringContaining(problem)]);
      expect(err).toContain('z_trades.csv');
      expect(files()).toEqual([]);
    },
  );

  it('15 where the tier is laid out otherwise', async () => {
    const { partition } = setUpTrades();
    await partition('execution');
    const { code, err } = await partition('execution', '--layout', 'hive');
    expect([code, err]).toEqual([15, expect.stringMatching(/LAYOUT.*"found":"dash-code","expected":"hive"/)]);
  });

  it('130 where a signal stopped it', async () => {
    const { input, lake } = setUpTrades();
    const argv = ['partition', 'execution', '--input', input, '--output', lake];
    const host = memoryHost({ argv, clock: NOON, signal: AbortSignal.abort() });
    expect(await runCli(app, host)).toBe(130);
  });
});

describe('help', () => {
  it('names every command', async () => {
    const { code, out } = await runApp(['--help']);
    expect(code).toBe(0);
    for (const name of Object.keys(app.commands)) expect(out).toContain(`  ${name} `);
  });

  it.each(Object.keys(app.commands))('of %s says what it does', async (name) => {
    const { code, out } = await runApp([name, '--help']);
    expect([code, out.replace(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringContaining(app.commands[name]?.summary ?? '?'),
    ]);
  });

  const examples = Object.entries(app.commands).flatMap(([name, { examples: all = [], positionals }]) =>
    positionals?.[0] === 'tier' ? all.map(({ line }) => [name, line] as const) : [],
  );

  it.each(examples)('of %s has an example that the program takes: %s', async (_, line) => {
    const { code, out } = await runApp([...line.split(' '), '--print-config']);
    expect([code, out]).toEqual([0, expect.stringContaining('tier')]);
  });

  it('settings come from a file, too', async () => {
    const { input, lake, directory } = setUpTrades();
    const config = join(directory, 'partition.json');
    const text = JSON.stringify({ tier: 'execution', input, output: lake, views: ['by_venue'] });
    writeFileSync(config, text);
    const host = memoryHost({
      argv: ['partition', '--config', config],
      clock: NOON,
      files: { [config]: text },
    });
    expect(await runCli(app, host)).toBe(0);
  });
});
