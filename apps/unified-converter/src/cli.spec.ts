import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from './run-step.js';
import { NOON, suiteDirectory } from './testing/context.js';
import { binanceKlines, consolidatedFundings } from './testing/rows.js';
import { runApp } from './testing/run-app.js';

const directory = suiteDirectory();
let number = 0;

/** A data directory on disk with two days of klines and their fundings. */
function setUp() {
  const dataDir = join(directory, String(number++));
  mkdirSync(dataDir);
  const put = (name: string, text: string) => writeFileSync(join(dataDir, name), text);
  for (const day of ['2024-01-01', '2024-01-02']) put(`BTCUSDT-1m-${day}.csv`, binanceKlines(day));
  put('futures_binance_BTCUSDT_consolidated.csv', consolidatedFundings('2024-01-01'));
  const json = (name: string) => JSON.parse(readFileSync(join(dataDir, 'unified', name), 'utf8'));
  const run = (...args: readonly string[]) => runApp(['BTCUSDT', '--data-dir', dataDir, ...args]);
  return { dataDir, put, json, run };
}

describe('convert', () => {
  it('converts what is in the data directory, and says so', async () => {
    const { run, json } = setUp();
    expect(await run()).toMatchObject({
      code: 0,
      out: 'klines/binance_BTCUSDT_1m: 2880 rows in 2 partitions, 2 published\nfutures/binance_BTCUSDT: 3 rows in 1 partitions, 1 published\n',
      err: expect.stringContaining('"dataset":"aggtrades"'),
    });
    expect((await run()).out).toContain('nothing to do');
    expect(json('metadata.json').data_types.klines.rows).toBe(2880);
    expect(json('_config.json').collections.binance_BTCUSDT_1m.data_types).toEqual(['klines', 'futures']);
  });

  it('derives bars of longer timeframes, and says of what', async () => {
    const { run, put, json } = setUp();
    put('BTCUSDT-1m-2024-01-02.csv', binanceKlines('2024-01-02', { bars: 7 }));
    const { code, out } = await run('--resample', '5m,1d');
    expect(code).toBe(0);
    expect(out).toContain(
      'klines/binance_BTCUSDT_5m: 290 rows in 2 partitions, 2 published, derived from 1447 of 1m, 1 of them incomplete\n' +
        'klines/binance_BTCUSDT_1d: 2 rows in 2 partitions, 2 published, derived from 1447 of 1m, 1 of them incomplete\n',
    );
    expect(JSON.parse((await run('--json')).out).derived).toEqual([
      expect.objectContaining({ path: 'klines/binance_BTCUSDT_5m', rows: 290, incomplete: 1, published: 0 }),
      expect.objectContaining({ path: 'klines/binance_BTCUSDT_1d', from: 'klines/binance_BTCUSDT_1m' }),
    ]);
    expect(json('metadata.json').data_types.klines.rows).toBe(1447 + 290 + 2);
  });

  it('ends with 3 where bars cannot be made of a day, with 15 where they would mix with others', async () => {
    const { run, put } = setUp();
    put('BTCUSDT-1m-2024-01-02.csv', binanceKlines('2024-01-02', { bars: 1 }).repeat(2));
    const { code, out } = await run('--resample', '5m');
    expect([code, out]).toEqual([
      3,
      expect.stringContaining('1 published, 1 failed, derived from 1440 of 1m'),
    ]);
    put(
      'klines_binance_BTCUSDT_5m_consolidated.csv',
      'timestamp,open,high,low,close,volume\n1704067200000,2,3,1,2,1\n',
    );
    const mixed = await run('--timeframe', '5m');
    expect([mixed.code, mixed.err]).toEqual([15, expect.stringContaining('DERIVED')]);
  });

  it('prints which sources there are, and writes nothing', async () => {
    const { run, dataDir } = setUp();
    expect((await run('--plan')).out).toMatch(
      /^klines: 2 files \(public-data\), \d+ bytes\nfutures: 1 files \(consolidated-csv\)/,
    );
    expect(() => readFileSync(join(dataDir, 'unified', 'metadata.json'))).toThrow('ENOENT');
  });

  it.each<[string, readonly string[], Record<string, string>]>([
    ['--max-files 1', ['--max-files', '1'], {}],
    ['TICKLAKE_MAX_FILES=1', [], { TICKLAKE_MAX_FILES: '1' }],
  ])('%s makes a partial dataset', async (_, args, env) => {
    const { dataDir, json } = setUp();
    const { out } = await runApp(['BTCUSDT', '--data-dir', dataDir, ...args], env);
    expect(out).toContain('1440 rows in 1 partitions, 1 published (partial)');
    expect(json('metadata.json').data_types.klines.datasets['klines/binance_BTCUSDT_1m'].partial).toBe(true);
  });

  it('BLANK_TRAINING_MODE=1 takes two files of each dataset', async () => {
    const { dataDir, put } = setUp();
    put('BTCUSDT-1m-2024-01-03.csv', binanceKlines('2024-01-03'));
    const { out } = await runApp(['BTCUSDT', '--data-dir', dataDir], { BLANK_TRAINING_MODE: '1' });
    expect(out).toContain('2880 rows in 2 partitions, 2 published (partial)');
  });

  it.each<[number, readonly string[]]>([
    [10, ['ETHUSDT']],
    [2, ['BTC/USDT']],
    [2, ['BTC_USDT']],
    [2, ['BTCUSDT', '--timeframe', '1x']],
    [2, ['BTCUSDT', '--resample', '5m,1w']],
    [2, ['BTCUSDT', '--resample', '1h', '--timeframe', '4h', '--plan']],
    [2, ['BTCUSDT', '--utc-offset', '3']],
    [10, ['BTCUSDT', '--klines', 'nothing.csv']],
  ])('ends with %d for %j', async (code, args) => {
    const { dataDir } = setUp();
    expect((await runApp([...args, '--data-dir', dataDir])).code).toBe(code);
  });

  it('ends with 3 for a source that is no CSV of klines, and says where', async () => {
    const { run, put } = setUp();
    put('BTCUSDT-1m-2024-01-02.csv', 'a,b\n1,2\n');
    const { code, err } = await run();
    expect(code).toBe(3);
    expect(err).toContain('MISSING_COLUMN');
    expect(err).toContain('BTCUSDT-1m-2024-01-02.csv');
  });
});

it('begins lines on a terminal with an emoji, unless told not to', async () => {
  const { dataDir } = setUp();
  const atTerminal = (...args: readonly string[]) =>
    runApp(['BTCUSDT', '--data-dir', dataDir, ...args], {}, { isTTY: true });
  expect((await atTerminal()).err).toMatch(/🚧 warning: a dataset has no sources[^]*✅ done klines/);
  const { err } = await atTerminal('--force-rerun', '--no-emoji');
  expect(err).toContain('warning: a dataset has no sources');
  expect(err).not.toMatch(/\p{Extended_Pictographic}/u);
});

it('keeps a log of runs in the data directory, of those that fail as well', async () => {
  const { run, dataDir, put } = setUp();
  await run();
  put('BTCUSDT-1m-2024-01-02.csv', 'a,b\n1,2\n');
  await run();
  const lines = readFileSync(join(dataDir, 'log/step1_5_converter.log'), 'utf8').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { type: string });
  expect(events.filter(({ type }) => type === 'finished')).toHaveLength(3);
  expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'MISSING_COLUMN' } });
});

describe('runStep', () => {
  const request = (dataDir: string, forceRerun = false) => ({
    ...{ symbol: 'BTCUSDT', exchange: 'binance', timeframe: '1m', dataDir, forceRerun },
  });

  it('converts and says whether it did', async () => {
    const { dataDir, json } = setUp();
    expect(await runStep(request(dataDir), { clock: NOON })).toBe(true);
    expect(await runStep(request(dataDir, true), { clock: NOON })).toBe(true);
    expect(json('metadata.json').data_types.klines.rows).toBe(2880);
  });

  it('says no, and why, where there are no klines', async () => {
    const failures: (string | undefined)[] = [];
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    const onFailure = ({ code }: { code: string | undefined }) => void failures.push(code);
    expect(await runStep(request(empty), { clock: NOON, onFailure })).toBe(false);
    expect(failures).toEqual(['NO_KLINES']);
  });
});
