import { candles, cliLakes, instruments } from './testing/cli-lake.js';

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
  const { partition, put, files } = setUp();
  put('features.csv', candles(1));
  const args = ['--data-type', 'technical_features', '--instrument', 'binance:SPOT_PAIR:BTC-USDT'];
  const { code, err } = await partition('ml', ...args);
  expect([code, err]).toEqual([2, expect.stringContaining('not read from text')]);
  expect(files()).toEqual(['ml_data/_layout.json']);
});

it('holds candles and instruments of dash-diagram apart, which have one root there', async () => {
  const { partition, put, run } = setUp();
  put('klines.csv', candles(1));
  put('tardis.json', instruments());
  const layout = ['--layout', 'dash-diagram'];
  await partition('ml', ...layout, '--data-type', 'ohlcv_1m', '--instrument', 'binance:SPOT_PAIR:BTC-USDT');
  const { code, err } = await partition('availability', ...layout);
  expect([code, err]).toEqual([15, expect.stringContaining('"key":"tier"')]);
  expect((await partition('availability', ...layout, '--root', 'availability/daily')).code).toBe(0);
  const read = await run(
    'read',
    'availability',
    '--date',
    '2023-05-24',
    '--root',
    'availability/daily',
    '--count',
  );
  expect(read.out).toBe('2\n');
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
