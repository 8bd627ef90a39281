import { join } from 'node:path';
import type { Tier } from '@ticklake/partition';
import { openLake } from './reader/open-lake.js';
import { candles, cliLakes, instruments, trades } from './testing/cli-lake.js';
import { runApp } from './testing/run-app.js';

const setUp = cliLakes();

describe('partition ml', () => {
  it('publishes candles, and makes those of longer timeframes of them', async () => {
    const { partition, put, run } = setUp();
    put('klines.csv', candles(61));
    const args = [
      '--data-type',
      'ohlcv_1m',
      '--instrument',
      'binance:SPOT_PAIR:BTC-USDT',
      '--resample',
      '5m,1h',
    ];
    expect(await partition('ml', ...args)).toMatchObject({
      code: 0,
      out:
        'ohlcv_1m: 61 rows of 1 sources in 1 partitions, 1 published\n' +
        'ohlcv_5m: 13 rows of 1 sources in 1 partitions, 1 published\n' +
        'ohlcv_1h: 2 rows of 1 sources in 1 partitions, 1 published\n',
    });
    expect((await partition('ml', ...args)).out).toContain(
      'ohlcv_1h: 2 rows of 1 sources in 1 partitions, 0 published',
    );
    const hours = await run(
      'read',
      'ml',
      '--date',
      '20230523',
      '--timeframe',
      '1h',
      '--columns',
      'open,volume,timeframe',
    );
    expect(hours.out).toBe('open,volume,timeframe\n1,600,1h\n1,10,1h\n');
  });

  it('does not put candles that it made in the place of those that came', async () => {
    const { partition, put } = setUp();
    const instrument = ['--instrument', 'binance:SPOT_PAIR:BTC-USDT'];
    put('klines.csv', candles(1));
    await partition('ml', '--data-type', 'ohlcv_1h', ...instrument);
    const { code, err } = await partition('ml', '--data-type', 'ohlcv_1m', ...instrument, '--resample', '1h');
    expect([code, err]).toEqual([3, expect.stringContaining('NOT_DERIVED')]);
  });
});

it('refuses features as text, whose columns would be lost', async () => {
  const { partition, put, files, directory } = setUp();
  put('features.csv', candles(1));
  const args = ['--data-type', 'technical_features', '--instrument', 'binance:SPOT_PAIR:BTC-USDT'];
  const { code, err } = await partition('ml', ...args);
  expect([code, err]).toEqual([2, expect.stringContaining('not read from text')]);
  expect(files(directory)).toEqual([]);
});

describe.each([
  ['ml', 'availability'],
  ['availability', 'ml'],
])('%s and then %s in one root, as in dash-diagram', (first, second) => {
  const DAY = ['--date', '2023-05-23'];

  async function setUpBoth() {
    const lake = setUp();
    lake.put('ml/klines.csv', candles(61));
    lake.put('availability/tardis.json', instruments());
    const of: Readonly<Record<string, readonly string[]>> = {
      ml: ['--data-type', 'ohlcv_1m', '--instrument', 'binance:spot:btc-usdt', '--resample', '1h'],
      availability: DAY,
    };
    const publish = (tier: string, ...more: readonly string[]) =>
      runApp([
        ...['partition', tier, '--input', join(lake.input, tier), '--output', lake.lake],
        ...['--layout', 'dash-diagram', '--copies', 'all', ...(of[tier] ?? []), ...more],
      ]);
    const ends = [await publish(first), await publish(second)].map(({ code }) => code);
    return { ...lake, publish, ends };
  }

  it('are read, verified and covered each by itself, by any view', async () => {
    const { run, ends, files } = await setUpBoth();
    expect(ends).toEqual([0, 0]);
    const own = second === 'ml' ? 'daily/_layout.market.json' : 'daily/_layout.availability.json';
    const documents = files().filter((name) => name.includes('_layout'));
    expect(documents.sort()).toEqual(['daily/_layout.json', own].sort());
    const count = async (...args: readonly [string, ...string[]]) =>
      (await run('read', args[0], ...DAY, ...args.slice(1), '--count')).out;
    expect([await count('ml'), await count('ml', '--venue', 'binance')]).toEqual(['63\n', '63\n']);
    expect(await count('ml', '--timeframe', '1h')).toBe('2\n');
    expect([await count('availability'), await count('availability', '--venue', 'binance')]).toEqual([
      ...['2\n', '2\n'],
    ]);
    expect((await run('verify', 'ml')).out).toBe('2 partitions, 63 rows, 0 not as they should be\n');
    expect((await run('verify', 'availability')).out).toBe('1 partitions, 2 rows, 0 not as they should be\n');
    expect((await run('coverage', 'availability')).out.trimEnd().split('\n')).toHaveLength(1);
    expect((await run('coverage', 'ml')).out.trimEnd().split('\n')).toHaveLength(2);
  });

  it('are published again, moved and redirected without the other', async () => {
    const { run, publish, lake, directory } = await setUpBoth();
    expect((await publish(second, '--raw-colons')).code).toBe(15);
    expect((await publish(second)).code).toBe(0);
    const hive = join(directory, 'hive');
    const { code } = await run('relayout', second, '--output', hive, '--to', 'hive', '--redirect');
    expect(code).toBe(0);
    expect((await publish(second)).err).toContain('MOVED');
    expect((await publish(first)).code).toBe(0);
    for (const [tier, rows] of [
      ['ml', '63\n'],
      ['availability', '2\n'],
    ] as const)
      expect((await run('read', tier, ...DAY, '--count')).out).toBe(rows);
    expect((await openLake(lake).tier(second as Tier)).layout.document.layout).toBe('hive');
    expect((await openLake(lake).tier(first as Tier)).layout.document.layout).toBe('dash-diagram');
  });
});

it('ticks and candles have no root in common, whatever else is in it', async () => {
  const { partition, put, run } = setUp();
  put('tardis.json', instruments());
  put('klines.csv', candles(1));
  put('trades.csv', trades(['BTCUSDT', 0, 'buy', 1]));
  const root = ['--root', 'all'];
  await partition('availability', ...root);
  const given = [...root, '--instrument', 'binance:spot:btc-usdt'];
  const ml = await partition('ml', ...given, '--files', 'klines.csv', '--data-type', 'ohlcv_1m');
  const execution = await partition('execution', ...given, '--files', 'trades.csv', '--data-type', 'trades');
  expect([ml.code, execution.code]).toEqual([0, 15]);
  expect(execution.err).toContain('"key":"tier"');
  expect((await run('coverage', 'execution', ...root)).code).toBe(10);
});

describe('partition availability', () => {
  it('publishes the instruments of a day: today where none is named', async () => {
    const { partition, put, run, files } = setUp();
    put('tardis.json', instruments());
    const day = 'year-2023/month-05/day-24';
    expect(await partition('availability', '--copies', 'all')).toMatchObject({
      code: 0,
      out: `by_date/${day}/available_instruments.parquet: 2 instruments, published\n`,
    });
    expect((await partition('availability', '--copies', 'all')).out).toContain('2 instruments, unchanged');
    expect(files().filter((name) => name.endsWith('.parquet'))).toEqual([
      `instrument_availability/by_date/${day}/available_instruments.parquet`,
      `instrument_availability/by_instrument_type/type-spot/${day}/type_availability.parquet`,
      `instrument_availability/by_venue/venue-binance/${day}/venue_availability.parquet`,
    ]);
    const read = await run(
      'read',
      'availability',
      '--date',
      '2023-05-24',
      '--instrument-type',
      'spot',
      '--columns',
      'instrument_id,available_from',
    );
    expect(read.out).toBe(
      'instrument_id,available_from\nBINANCE:SPOT_PAIR:BTC-USDT,2019-11-17\nBINANCE:SPOT_PAIR:ETH-USDT,2019-11-17\n',
    );
  });

  it('ends with 15 where two sources have an instrument', async () => {
    const { partition, put } = setUp();
    put('one.json', instruments());
    await partition('availability');
    put('two.json', `${instruments()}\n`);
    expect(await partition('availability')).toMatchObject({
      code: 15,
      err: expect.stringContaining('DUPLICATE_INSTRUMENT'),
    });
  });
});

it('candles of longer timeframes that nothing can be made into are missed', async () => {
  const { partition, put } = setUp();
  put('hours.csv', candles(3));
  const args = ['--data-type', 'ohlcv_1h', '--instrument', 'binance:spot:btc-usdt', '--resample', '4h'];
  const { code, err } = await partition('ml', ...args);
  expect([code, err]).toEqual([0, expect.stringContaining('there are no candles to make others of')]);
});
