import { localStore } from '@ticklake/storage';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suiteDirectory, testLake } from './testing/context.js';
import { duckdbRows } from './testing/duckdb.js';
import { binanceKlines, consolidatedTrades } from './testing/rows.js';
import { runApp } from './testing/run-app.js';

const root = suiteDirectory();
const TRADES = 'aggtrades/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/year=2024/month=1/day=1';
let number = 0;

function setUp() {
  const dataDir = join(root, String(number++));
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'BTCUSDT-1m-2024-01-01.csv'), binanceKlines('2024-01-01'));
  const trades = consolidatedTrades('2024-01-01', { trades: 1000 });
  writeFileSync(join(dataDir, 'aggtrades_binance_BTCUSDT_consolidated.csv'), trades);
  const unified = join(dataDir, 'unified');
  return {
    unified,
    run: (...args: readonly string[]) => runApp(['BTCUSDT', '--data-dir', dataDir, ...args]),
    json: (name: string) => JSON.parse(readFileSync(join(unified, name), 'utf8')),
    chunks: async (path: string, wanted: string) =>
      (
        await duckdbRows(
          `SELECT path_in_schema, ${wanted} FROM parquet_metadata('${unified}/${path}/data.parquet') ORDER BY column_id`,
        )
      ).map((row) => row.join(' ')),
  };
}

describe('compression', () => {
  it('is as it is asked for, in the files and in what the documents say', async () => {
    const { run, json, chunks } = setUp();
    const flags = ['--compression', 'snappy', '--column-compression', 'trade_id=none,volume=zstd:9'];
    expect(await run(...flags, '--without-dictionary', 'trade_price')).toMatchObject({ code: 0 });
    expect(await chunks(TRADES, 'compression')).toEqual([
      // Of a text that all rows have it would save nothing.
      ...['timestamp SNAPPY', 'timeframe UNCOMPRESSED', 'trade_price SNAPPY', 'trade_quantity SNAPPY'],
      ...['trade_is_buyer_maker SNAPPY', 'trade_id UNCOMPRESSED'],
    ]);
    expect((await chunks(TRADES, 'encodings'))[2]).toBe('trade_price PLAIN, RLE');
    expect(json(`${TRADES}/_manifest.json`)).toMatchObject({
      compression: 'snappy',
      column_compression: { timeframe: 'none', trade_id: 'none' },
    });
    const bars =
      'klines/binance_BTCUSDT_1m/exchange=binance/symbol=BTCUSDT/timeframe=1m/year=2024/month=1/day=1';
    expect(json(`${bars}/_manifest.json`)).toMatchObject({
      compression: 'snappy',
      column_compression: { volume: 'zstd' },
    });
    expect(json('_config.json').format.compression).toBe('snappy');
  });

  it('is zstd, and of all columns of which it saves an eighth, where nothing is asked for', async () => {
    const { run, json, chunks } = setUp();
    await run();
    expect(await chunks(TRADES, 'compression')).toEqual([
      ...['timestamp ZSTD', 'timeframe UNCOMPRESSED', 'trade_price ZSTD', 'trade_quantity ZSTD'],
      ...['trade_is_buyer_maker ZSTD', 'trade_id ZSTD'],
    ]);
    const { compression, column_compression: columns } = json(`${TRADES}/_manifest.json`);
    expect({ compression, columns }).toEqual({ compression: 'zstd', columns: { timeframe: 'none' } });
  });

  it('is that of a column by name, whatever it saves', async () => {
    const { run, json, chunks } = setUp();
    await run('--column-compression', 'timeframe=zstd');
    expect((await chunks(TRADES, 'compression'))[1]).toBe('timeframe ZSTD');
    expect(json(`${TRADES}/_manifest.json`)).not.toHaveProperty('column_compression');
  });

  it('of what is published stays, though another is asked for', async () => {
    const { run, json } = setUp();
    await run();
    const before = json(`${TRADES}/_manifest.json`);
    const { code, out } = await run('--compression', 'none', '--force-rerun');
    expect(code).toBe(0);
    expect(out).toContain('nothing to do');
    expect(json(`${TRADES}/_manifest.json`)).toEqual(before);
  });

  it.each([
    ['a column of no dataset', ['--column-compression', 'price=none'], 'no dataset has such a column'],
    ['a column of no dataset', ['--without-dictionary', 'price'], 'no dataset has such a column'],
    ['a column of no dataset', ['--bloom-filter', 'trade_id,price'], 'no dataset has such a column'],
    ['a filter of booleans', ['--bloom-filter', 'trade_is_buyer_maker'], 'a column of booleans'],
    ['a codec that is none', ['--column-compression', 'trade_id=gzip'], 'a column and a codec'],
    ['a level that is none', ['--column-compression', 'trade_id=zstd:23'], 'a column and a codec'],
    ['a level of what has none', ['--column-compression', 'trade_id=snappy:1'], 'a column and a codec'],
  ])('refuses %s', async (_, flags, message) => {
    const { run } = setUp();
    expect(await run(...flags)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});

describe('bloom filters', () => {
  const PLACE = 'bloom_filter_offset IS NOT NULL, bloom_filter_length';

  it('are there of no column that was not asked for, and of those that were, behind the same pages', async () => {
    const plain = setUp();
    expect(await plain.run()).toMatchObject({ code: 0 });
    expect((await plain.chunks(TRADES, PLACE)).filter((row) => !row.endsWith(' false '))).toEqual([]);
    const { run, chunks } = setUp();
    expect(await run('--bloom-filter', 'trade_id,trade_price', '--bloom-filter', 'close')).toMatchObject({
      code: 0,
    });
    expect(await chunks(TRADES, PLACE)).toEqual([
      ...['timestamp false ', 'timeframe false ', expect.stringMatching(/^trade_price true \d+$/)],
      // A thousand values, of ten bits each.
      ...['trade_quantity false ', 'trade_is_buyer_maker false ', 'trade_id true 2064'],
    ]);
    const pages = 'total_compressed_size, stats_min, stats_max, num_values';
    expect(await chunks(TRADES, pages)).toEqual(await plain.chunks(TRADES, pages));
    const bars =
      'klines/binance_BTCUSDT_1m/exchange=binance/symbol=BTCUSDT/timeframe=1m/year=2024/month=1/day=1';
    expect(await chunks(bars, PLACE)).toContainEqual(expect.stringMatching(/^close true \d+$/));
  });

  it('have every id that there is, for DuckDB', async () => {
    const { run, unified } = setUp();
    await run('--bloom-filter', 'trade_id');
    const file = `${unified}/${TRADES}/data.parquet`;
    const ids = (await duckdbRows(`SELECT trade_id FROM '${file}'`)).map(([id]) => String(id));
    const excluded = async (id: string) => {
      const probe = `SELECT bloom_filter_excludes FROM parquet_bloom_probe('${file}', 'trade_id', ${id}::BIGINT)`;
      return (await duckdbRows(probe)).flat().join();
    };
    for (const id of ids.filter((_, i) => i % 50 === 0))
      expect([id, await excluded(id)]).toEqual([id, 'false']);
    const others = ids.slice(0, 50).map((id) => `-${id}`);
    const wrong = await Promise.all(others.map(excluded));
    expect(wrong.filter((one) => one === 'false').length).toBeLessThan(5);
  });
});

it('gives the same bytes for the same options, and others for others', async () => {
  const published = async (zstdLevel: number) => {
    const lake = testLake(root, { output: localStore(join(root, `level ${number++}`)) });
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
    await lake.convert({ storage: { compression: 'zstd', zstdLevel } });
    const [key = ''] = (await lake.published()).keys();
    return Buffer.from((await lake.output.get(key)).bytes);
  };
  const [three, again, nine] = [await published(3), await published(3), await published(9)];
  expect(again.equals(three)).toBe(true);
  expect(nine.equals(three)).toBe(false);
});
