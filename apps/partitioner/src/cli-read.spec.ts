import { join } from 'node:path';
import { candles, cliLakes, instruments, trades } from './testing/cli-lake.js';
import { runApp } from './testing/run-app.js';

const setUp = cliLakes();

/** Two days of ticks of two pairs whose names begin alike, a day of candles, and the instruments of a day. */
async function setUpLake() {
  const lake = setUp();
  lake.put(
    'ticks/trades.csv',
    trades(
      ['BTCUSDT', 0, 'buy', 1],
      ['BTCUSDT', 0, 'sell', 2],
      ['ETHUSDT', 0, 'buy', 3],
      ['BTCUSDT', 1, 'buy', 4],
    ),
  );
  lake.put('ticks/liquidations.csv', trades(['BTCUSDT', 0, 'buy', 7]));
  lake.put('klines/klines.csv', candles(61));
  lake.put('instruments/tardis.json', instruments());
  const from = (tier: string, folder: string, ...args: readonly string[]) =>
    runApp(['partition', tier, '--input', join(lake.input, folder), '--output', lake.lake, ...args]);
  await from('execution', 'ticks');
  await from(
    'ml',
    'klines',
    '--data-type',
    'ohlcv_1m',
    '--instrument',
    'binance:SPOT_PAIR:BTC-USDT',
    '--resample',
    '1h',
  );
  await from('availability', 'instruments', '--date', '2023-05-23');
  return (tier: string, ...args: readonly string[]) => lake.run('read', tier, ...args);
}

const DAY = ['--date', '2023-05-23'];

describe('read', () => {
  let read: Awaited<ReturnType<typeof setUpLake>>;
  beforeAll(async () => {
    read = await setUpLake();
  });

  it.each<[string, string, readonly string[], string]>([
    ['of a day and a data type', 'execution', [...DAY, '--data-type', 'trades'], '1 2 3'],
    [
      'of a venue, in any case',
      'execution',
      [...DAY, '--venue', 'Binance', '--data-type', 'trades'],
      '1 2 3',
    ],
    [
      'of an instrument, in any spelling',
      'execution',
      [...DAY, '--instrument', 'Binance:spot:BTC-USDT', '--data-type', 'trades'],
      '1 2',
    ],
    [
      'of an instrument on all days',
      'execution',
      ['--instrument', 'BINANCE:SPOT_PAIR:BTC-USDT', '--data-type', 'trades'],
      '1 2 4',
    ],
    [
      'of a range of days',
      'execution',
      [...DAY, '--date-to', '20230524', '--data-type', 'trades'],
      '1 2 3 4',
    ],
    ['of all data types', 'execution', [...DAY, '--instrument', 'BINANCE:SPOT_PAIR:BTC-USDT'], '7 1 2'],
    [
      'that match a filter',
      'execution',
      [...DAY, '--data-type', 'trades', '--filter', 'price>=2,side=buy'],
      '3',
    ],
    [
      'that match two filters',
      'execution',
      [...DAY, '--data-type', 'trades', '--filter', 'price>1', '--filter', 'price!=3'],
      '2',
    ],
    ['as many as there may be', 'execution', [...DAY, '--data-type', 'trades', '--limit', '2'], '1 2'],
    [
      'of no instrument that another begins with',
      'execution',
      [...DAY, '--instrument', 'BINANCE:SPOT_PAIR:BTC-USD', '--data-type', 'trades'],
      '',
    ],
  ])('has the rows %s', async (_, tier, args, prices) => {
    const { code, out } = await read(tier, ...args, '--columns', 'price');
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .filter((line) => line !== 'price')
        .join(' '),
    ).toBe(prices);
  });

  it('prints what files have, then what paths say', async () => {
    const { out } = await read('execution', ...DAY, '--data-type', 'liquidations');
    expect(out).toBe(
      'exchange,symbol,timestamp,local_timestamp,id,side,price,amount,year,month,day,date,venue,instrument_id,data_type,data_tier\n' +
        'binance,BTCUSDT,1684800000000000,1684800000000500,0,buy,7,0.5,2023,5,23,2023-05-23,BINANCE,BINANCE:SPOT_PAIR:BTC-USDT,liquidations,execution\n',
    );
  });

  it('prints an object a line, and of other columns another header', async () => {
    const args = ['--columns', 'timestamp,close,timeframe', '--timeframe', '1h', '--format', 'ndjson'];
    expect((await read('ml', ...DAY, ...args)).out).toBe(
      '{"timestamp":"1684800000000000","close":2,"timeframe":"1h"}\n{"timestamp":"1684803600000000","close":2,"timeframe":"1h"}\n',
    );
  });

  it('prints columns and their types instead of rows, also where there are none', async () => {
    const read = await setUpLake();
    const args = ['--timeframe', '1h', '--columns', 'timestamp,close,venue', '--schema'];
    const text = 'timestamp: timestamp[us,utc]\nclose: float64\nvenue: utf8\n';
    expect((await read('ml', ...DAY, ...args)).out).toBe(text);
    expect((await read('ml', '--date', '1999-01-01', ...args)).out).toBe(text);
  });

  it('counts rows instead of printing them', async () => {
    expect((await read('ml', ...DAY, '--timeframe', '1m', '--count')).out).toBe('61\n');
    expect((await read('ml', ...DAY, '--count', '--json')).out).toBe('{"rows":63}\n');
  });

  it('prints the header of what there are no rows of', async () => {
    const { code, out } = await read('execution', '--date', '2024-01-01', '--data-type', 'quotes');
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^exchange,symbol,.*,bid_amount,year,month,.*,data_tier\n$/),
    ]);
    expect((await read('execution', '--date', '2024-01-01', '--format', 'ndjson')).out).toBe('');
  });

  it('has instruments of a venue, or of a type in any spelling', async () => {
    const args = [...DAY, '--columns', 'instrument_id,available_from,available_to'];
    for (const which of [
      [],
      ['--venue', 'binance'],
      ['--instrument-type', 'SPOT_PAIR'],
      ['--instrument-type', 'spot'],
    ]) {
      expect((await read('availability', ...args, ...which)).out).toBe(
        'instrument_id,available_from,available_to\nBINANCE:SPOT_PAIR:BTC-USDT,2019-11-17,\nBINANCE:SPOT_PAIR:ETH-USDT,2019-11-17,\n',
      );
    }
    expect((await read('availability', ...args, '--instrument-type', 'option')).out).toBe(
      'instrument_id,available_from,available_to\n',
    );
  });

  it('takes roots by name', async () => {
    const lake = setUp();
    lake.put('trades.csv', trades(['BTCUSDT', 0, 'buy', 1]));
    await lake.partition('execution', '--data-type', 'trades', '--root', 'ticks/');
    expect(lake.files()).toContain('ticks/_layout.json');
    expect((await lake.run('read', 'execution', ...DAY, '--root', 'ticks', '--count')).out).toBe('1\n');
    expect((await lake.run('read', 'execution', ...DAY, '--count')).code).toBe(10);
  });

  it.each<[string, string, readonly string[], string]>([
    ['a venue', 'execution', ['--venue', 'binance'], 'by_venue'],
    [
      'a venue and an instrument',
      'execution',
      ['--venue', 'binance', '--instrument', 'BINANCE:SPOT_PAIR:BTC-USDT'],
      'by_date',
    ],
    ['an instrument', 'execution', ['--instrument', 'BINANCE:SPOT_PAIR:BTC-USDT'], 'by_instrument_id'],
    ['a timeframe', 'ml', ['--timeframe', '1h'], 'by_timeframe'],
    ['a day', 'execution', [], 'by_date'],
    ['a type', 'availability', ['--instrument-type', 'spot'], 'by_instrument_type'],
  ])('explains by which view rows of %s are found, and why', async (_, tier, args, view) => {
    const { code, out } = await read(tier, ...DAY, ...args, '--explain');
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(`^${view}: (every path is known|\\d+ listings of some \\d+ names), about \\d+ bytes\n`),
    );
    expect(out).toMatch(/\n {2}instead of by_\w+: .* bytes\n$/);
    const plan = JSON.parse((await read(tier, ...DAY, ...args, '--explain', '--json')).out);
    const costs = [plan.route, ...plan.others].map((route: { readonly bytes: number }) => route.bytes);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
  });

  it.each<[number, string, string, readonly string[]]>([
    [2, 'a read names a date or an instrument', 'execution', []],
    [2, 'a read names a date', 'availability', []],
    [2, 'a range of days begins with --date', 'execution', ['--date-to', '2023-05-24', '--venue', 'binance']],
    [
      2,
      'a range of days begins with --date',
      'execution',
      ['--date', '2023-05-24', '--date-to', '2023-05-23'],
    ],
    [2, 'a range of days', 'execution', ['--date', '2000-01-01', '--date-to', '2023-05-23']],
    [2, 'date', 'execution', ['--date', '2023-02-30']],
    [
      2,
      'a tier has nothing of that tier=execution argument=timeframe',
      'execution',
      [...DAY, '--timeframe', '1m'],
    ],
    [2, 'argument=instrumentType', 'ml', [...DAY, '--instrument-type', 'spot']],
    [2, 'argument=dataType', 'availability', [...DAY, '--data-type', 'trades']],
    [2, 'not an instrument id', 'execution', [...DAY, '--instrument', 'BTC']],
    [2, 'not a type of instrument', 'availability', [...DAY, '--instrument-type', 'stock']],
    [2, 'contradict', 'execution', [...DAY, '--venue', 'okx', '--instrument', 'BINANCE:SPOT_PAIR:BTC-USDT']],
    [2, 'there is no such column column=nope', 'execution', [...DAY, '--columns', 'nope']],
    [2, 'there is no such column column=nope', 'execution', [...DAY, '--filter', 'nope=1']],
    [2, 'not a condition such as', 'execution', [...DAY, '--filter', 'price']],
  ])('ends with %d where it is asked for what cannot be: %s', async (code, text, tier, args) => {
    const ended = await read(tier, ...args);
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(text)]);
  });

  it('ends with 10 where there is no such tier', async () => {
    const { code, err } = await setUp().run('read', 'ml', ...DAY);
    expect([code, err]).toEqual([
      10,
      expect.stringMatching(/there is no such tier.*"NO_TIER".*"hint":".*--root/),
    ]);
  });
});
