import { join } from 'node:path';
import { candles, cliLakes, instruments, trades } from './testing/cli-lake.js';
import { runApp } from './testing/run-app.js';

const setUp = cliLakes();

async function setUpTrades() {
  const lake = setUp();
  lake.put(
    'trades.csv',
    trades(['BTCUSDT', 0, 'buy', 1], ['BTCUSDT', 0, 'sell', 2.5], ['ETHUSDT', 1, 'buy', 3]),
  );
  lake.put('liquidations.csv', trades(['BTCUSDT', 0, 'buy', 7]));
  await lake.partition('execution');
  return lake;
}

describe('stats', () => {
  it('is a table of each data type', async () => {
    const { run } = await setUpTrades();
    const columns = ['--columns', 'local_timestamp,side,price,date'];
    const { code, out } = await run(
      'stats',
      'execution',
      '--date',
      '2023-05-23',
      '--date-to',
      '2023-05-24',
      ...columns,
    );
    expect([code, out.replaceAll(/\d+ bytes/g, 'N bytes')]).toEqual([
      0,
      [
        'liquidations: 1 rows in 1 partitions of 1 days, N bytes, 2023-05-23T00:00:00.000500Z to 2023-05-23T00:00:00.000500Z',
        '  column           type               nulls  min                          max',
        '  local_timestamp  timestamp[us,utc]  0      2023-05-23T00:00:00.000500Z  2023-05-23T00:00:00.000500Z',
        '  side             utf8               0      buy                          buy',
        '  price            float64            0      7                            7',
        '  date             date               0      2023-05-23                   2023-05-23',
        '',
        'trades: 3 rows in 2 partitions of 2 days, N bytes, 2023-05-23T00:00:00.000500Z to 2023-05-24T00:00:00.002500Z',
        '  column           type               nulls  min                          max',
        '  local_timestamp  timestamp[us,utc]  0      2023-05-23T00:00:00.000500Z  2023-05-24T00:00:00.002500Z',
        '  side             utf8               0      buy                          sell',
        '  price            float64            0      1                            3',
        '  date             date               0      2023-05-23                   2023-05-24',
        '',
      ].join('\n'),
    ]);
  });

  it('is JSON with the values as read has them', async () => {
    const { run } = await setUpTrades();
    const args = [
      '--instrument',
      'binance:spot:btc-usdt',
      '--data-type',
      'trades',
      '--columns',
      'timestamp,price',
    ];
    for (const format of [['--format', 'json'], ['--json']]) {
      const { code, out } = await run('stats', 'execution', ...args, ...format);
      expect(code).toBe(0);
      const time = { type: 'timestamp[us,utc]', rows: 2, nulls: 0 };
      expect(JSON.parse(out)).toEqual([
        {
          ...{ dataType: 'trades', rows: 2, partitions: 1, days: 1, sizeBytes: expect.any(Number) },
          time: { name: 'local_timestamp', ...time, min: '1684800000000500', max: '1684800000001500' },
          columns: [
            { name: 'timestamp', ...time, min: '1684800000000000', max: '1684800000001000' },
            { name: 'price', type: 'float64', rows: 2, nulls: 0, min: 1, max: 2.5 },
          ],
        },
      ]);
    }
  });

  it('prints nothing of a text that a terminal would obey', async () => {
    const lake = setUp();
    lake.put('trades.csv', trades(['BTCUSDT', 0, '\u001b[31m\u202e', 1]));
    await lake.partition('execution', '--data-type', 'trades');
    const { out } = await lake.run('stats', 'execution', '--date', '2023-05-23', '--columns', 'side');
    expect(out).toContain('side    utf8  0      \ufffd[31m\ufffd');
    expect(out).not.toContain('\u001b');
  });

  it('is of nothing where there is nothing', async () => {
    const { run } = await setUpTrades();
    expect(await run('stats', 'execution', '--date', '2024-01-01', '--json')).toMatchObject({
      code: 0,
      out: '[]\n',
    });
  });

  it('has candles of a timeframe', async () => {
    const { partition, put, run } = setUp();
    put('klines.csv', candles(61));
    const instrument = ['--instrument', 'binance:spot:btc-usdt'];
    await partition('ml', '--data-type', 'ohlcv_1m', ...instrument, '--resample', '1h');
    const { out } = await run(
      'stats',
      'ml',
      '--date',
      '2023-05-23',
      '--timeframe',
      '1h',
      '--columns',
      'volume',
      '--json',
    );
    expect(JSON.parse(out)).toMatchObject([
      { dataType: 'ohlcv_1h', rows: 2, columns: [{ min: 10, max: 600 }] },
    ]);
  });

  describe('of instruments', () => {
    const DAY = ['--date', '2023-05-23'];

    async function setUpInstruments(...args: readonly string[]) {
      const lake = setUp();
      const okx = instruments([['SOL', 'USDT']]).replaceAll('"binance"', '"okex"');
      lake.put('binance.json', instruments());
      lake.put('okx.json', okx);
      await lake.partition('availability', ...DAY, ...args);
      return lake;
    }

    it.each(['primary', 'all'])('is of all of them, with copies of %s', async (copies) => {
      const { run } = await setUpInstruments('--copies', copies);
      const { out } = await run('stats', 'availability', ...DAY, '--columns', 'venue,inverse', '--json');
      expect(JSON.parse(out)).toMatchObject([
        { rows: 3, columns: [{ min: 'BINANCE', max: 'OKX' }, { nulls: 3 }] },
      ]);
    });

    it('is of a venue or a type where each has a file', async () => {
      const { run } = await setUpInstruments('--copies', 'all');
      const rows = async (...args: readonly string[]) => {
        const { out } = await run('stats', 'availability', ...DAY, ...args, '--json');
        return (JSON.parse(out) as readonly { readonly rows: number }[]).map((one) => one.rows);
      };
      expect(await rows('--venue', 'binance')).toEqual([2]);
      expect(await rows('--venue', 'okx', '--instrument-type', 'spot')).toEqual([1]);
      expect(await rows('--venue', 'deribit')).toEqual([]);
      expect(await rows('--venue', 'okx', '--instrument-type', 'option')).toEqual([]);
    });

    it('is refused of a venue where files have others too', async () => {
      const { run } = await setUpInstruments('--copies', 'primary');
      const { code, err } = await run('stats', 'availability', ...DAY, '--venue', 'okx');
      expect([code, err]).toEqual([2, expect.stringContaining('footers do not tell rows of a file apart')]);
    });
  });

  it.each<[number, string, readonly string[]]>([
    [2, 'a read names a date or an instrument', ['execution']],
    [2, 'a tier has nothing of that', ['execution', '--date', '2023-05-23', '--timeframe', '1m']],
    [2, 'there is no such column', ['execution', '--date', '2023-05-23', '--columns', 'nosuch']],
    [10, 'there is no such tier', ['ml', '--date', '2023-05-23']],
  ])('ends with %d: %s', async (code, text, args) => {
    const { lake } = await setUpTrades();
    const ended = await runApp(['stats', ...args, '--lake', join(lake)]);
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(text)]);
  });
});
