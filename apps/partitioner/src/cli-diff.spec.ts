import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diffLakes } from './diff/diff-lakes.js';
import { openLake } from './reader/open-lake.js';
import { candles, cliLakes, trades } from './testing/cli-lake.js';
import { runApp } from './testing/run-app.js';
import { TIERS, writeSampleLake, writeSampleSources } from './testing/sample-lake.js';

const setUp = cliLakes();

type Line = readonly [symbol: string, day: number, side: string, price: number];

/** Two lakes of trades, of the lines that are given, the second one otherwise laid out. */
async function twoLakes(a: readonly Line[], b: readonly Line[], ...args: readonly string[]) {
  const lake = setUp();
  const other = join(lake.directory, 'other');
  lake.put('a/trades.csv', trades(...a));
  lake.put('b/trades.csv', trades(...b));
  const publish = (folder: string, output: string, ...more: readonly string[]) =>
    runApp([
      'partition',
      'execution',
      '--input',
      join(lake.input, folder),
      '--output',
      output,
      '--data-type',
      'trades',
      ...more,
    ]);
  await publish('a', lake.lake);
  await publish('b', other, '--layout', 'hive', ...args);
  const diff = (...flags: readonly string[]) => lake.run('diff', 'execution', '--with', other, ...flags);
  return { ...lake, other, diff, publish };
}

const BOTH: readonly Line[] = [
  ['BTCUSDT', 0, 'buy', 1],
  ['BTCUSDT', 0, 'sell', 2],
];

describe('diff', () => {
  it('finds nothing between layouts, copies, materialised columns and orders of sources', async () => {
    const { diff } = await twoLakes(BOTH, BOTH, '--copies', 'all', '--materialize-columns', 'venue,year');
    expect(await diff('--rows')).toMatchObject({
      ...{ code: 0, out: '1 partitions equal, 0 only in --lake, 0 only in --with, 0 differ\n' },
    });
  });

  it.each(TIERS)('finds nothing between %s and what relayout made of it', async (tier) => {
    const { directory, lake } = setUp();
    writeSampleSources(directory);
    await writeSampleLake(directory, lake, { layout: 'dash-code' });
    const to = join(directory, 'diagram');
    await runApp([
      'relayout',
      tier,
      '--lake',
      lake,
      '--output',
      to,
      '--to',
      'dash-diagram',
      '--copies',
      'primary',
    ]);
    const { code, out } = await runApp(['diff', tier, '--lake', lake, '--with', to]);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^[1-9]\d* partitions equal, 0 .*, 0 .*, 0 differ\n$/),
    ]);
  });

  it('names partitions that one has only, and those that differ, and ends with 4', async () => {
    const { diff } = await twoLakes(
      [...BOTH, ['ETHUSDT', 0, 'buy', 3], ['BTCUSDT', 1, 'buy', 3]],
      [...BOTH, ['ETHUSDT', 0, 'buy', 4], ['BTCUSDT', 2, 'buy', 3]],
    );
    expect(await diff()).toMatchObject({
      code: 4,
      out: [
        'only in --lake: 2023-05-24 BINANCE:SPOT_PAIR:BTC-USDT trades, 1 rows',
        'only in --with: 2023-05-25 BINANCE:SPOT_PAIR:BTC-USDT trades, 1 rows',
        'differs: 2023-05-23 BINANCE:SPOT_PAIR:ETH-USDT trades, 1 rows in --lake, 1 in --with',
        '1 partitions equal, 1 only in --lake, 1 only in --with, 1 differ',
        '',
      ].join('\n'),
    });
    const oneDay = await diff('--date', '2023-05-24', '--date-to', '2023-05-24');
    expect(oneDay.out).toMatch(
      /^only in --lake: .*\n0 partitions equal, 1 only in --lake, 0 .*, 0 differ\n$/,
    );
    const days = await diff('--date', '2023-05-26', '--date-to', '2023-05-27');
    expect(days.code).toBe(0);
  });

  it('prints rows that differ in order of time, as many as there may be', async () => {
    const { diff } = await twoLakes(
      [...BOTH, ['BTCUSDT', 0, 'buy', 3]],
      [
        ['BTCUSDT', 0, 'buy', 9],
        ['BTCUSDT', 0, 'sell', 2],
      ],
    );
    const row = (id: number, price: number) =>
      `{"exchange":"binance","symbol":"BTCUSDT","timestamp":"168480000000${id}000","local_timestamp":"168480000000${id}500","id":"${id}","side":"buy","price":${price},"amount":0.5}`;
    const { code, out } = await diff('--rows');
    expect([code, out.split('\n').slice(1, -2)]).toEqual([
      4,
      [`  - ${row(0, 1)}`, `  + ${row(0, 9)}`, `  - ${row(2, 3)}`],
    ]);
    const first = await diff('--rows', '--limit', '1');
    expect(first.out.split('\n').slice(1, -2)).toEqual([`  - ${row(0, 1)}`, '  and more']);
    const [told] = (await diff('--rows', '--limit', '1', '--json')).out.split('\n');
    expect(JSON.parse(told ?? '')).toMatchObject({
      ...{ lake: { rowCount: 3 }, with: { rowCount: 2 }, hasMore: true },
      rows: [{ only: 'lake', row: { id: '0', price: 1 } }],
    });
  });

  it('has all rows of candles that are others', async () => {
    const { directory, input, put, lake } = setUp();
    put('a/klines.csv', candles(2));
    put('b/klines.csv', candles(2).replaceAll('1,3,1,2,10', '1,3,1,2,11'));
    const of = (folder: string, output: string) =>
      runApp([
        ...['partition', 'ml', '--input', join(input, folder), '--output', output, '--data-type', 'ohlcv_1m'],
        ...['--instrument', 'binance:spot:btc-usdt'],
      ]);
    await of('a', lake);
    await of('b', join(directory, 'b'));
    const { out } = await runApp(['diff', 'ml', '--lake', lake, '--with', join(directory, 'b'), '--rows']);
    expect(out.match(/^ {2}[-+]/gm)).toEqual(['  -', '  +', '  -', '  +']);
  });

  it('takes the roots of both', async () => {
    const { lake, input } = await twoLakes(BOTH, BOTH);
    await runApp([
      ...['partition', 'execution', '--input', join(input, 'a'), '--output', lake, '--data-type', 'trades'],
      ...['--root', 'again', '--layout', 'dash-diagram'],
    ]);
    const ended = await runApp([
      ...[
        'diff',
        'execution',
        '--lake',
        lake,
        '--with',
        lake,
        '--root',
        'execution_data',
        '--with-root',
        'again',
      ],
    ]);
    expect(ended).toMatchObject({ code: 0, out: expect.stringMatching(/^1 partitions equal/) });
  });

  it.each<[number, string, readonly string[]]>([
    [10, 'there is no such tier', ['--with-root', 'no']],
    [2, 'a range of days begins with --date', ['--date-to', '2023-05-24']],
  ])('ends with %d: %s', async (code, text, args) => {
    const { diff } = await twoLakes(BOTH, BOTH);
    const ended = await diff(...args);
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(text)]);
  });
});

describe('diffLakes', () => {
  it('goes by manifests alone, and rows of nobody are not there', async () => {
    const { lake, other, files } = await twoLakes(BOTH, [['BTCUSDT', 0, 'buy', 9]]);
    for (const root of [lake, other])
      for (const name of files(root)) if (name.endsWith('.parquet')) rmSync(join(root, name));
    const found = await diffLakes(openLake(lake), openLake(other), { tier: 'execution' });
    expect(found).toMatchObject({
      equal: 0,
      onlyInA: [],
      onlyInB: [],
      differing: [{ a: { rowCount: 2 }, b: { rowCount: 1 } }],
    });
    for (const name of files(other)) if (name.endsWith('_data.json')) rmSync(join(other, name));
    expect(await diffLakes(openLake(lake), openLake(other), { tier: 'execution' })).toMatchObject({
      ...{ onlyInA: [{ names: { dataType: 'trades', day: '2023-05-23' }, rowCount: 2 }], differing: [] },
    });
  });

  it('compares no rows that are in order of different columns', async () => {
    const { lake, other, files } = await twoLakes(BOTH, [['BTCUSDT', 0, 'buy', 9]]);
    const manifest = join(other, files(other).find((name) => name.endsWith('_data.json')) ?? '');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace('local_timestamp, source', 'timestamp, source'),
    );
    const { differing } = await diffLakes(openLake(lake), openLake(other), { tier: 'execution' });
    await expect(differing[0]?.rows().next()).rejects.toMatchObject({ kind: 'invalid', code: 'ORDER' });
  });

  it('fails where a manifest cannot be read, where a partition is replaced meanwhile, and where it is stopped', async () => {
    const { lake, other, files, publish } = await twoLakes(BOTH, [['BTCUSDT', 0, 'buy', 9]]);
    const compare = (signal?: AbortSignal) =>
      diffLakes(openLake(lake), openLake(other), { tier: 'execution', ...(signal && { signal }) });
    await expect(compare(AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
    const { differing } = await compare();
    await publish('b', lake, '--overwrite');
    await expect(differing[0]?.rows().next()).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PUBLISHED_MEANWHILE',
    });
    const manifest = files().find((name) => name.endsWith('_trades.json')) ?? '';
    writeFileSync(join(lake, manifest), '{}');
    await expect(compare()).rejects.toMatchObject({ kind: 'corrupt', code: 'MANIFEST' });
  });
});
