import { createArena } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { METADATA_NAME, metadataSchema } from './documents/metadata.js';
import { suiteDirectory, testLake, type TestLake } from './testing/context.js';
import { duckdbRows } from './testing/duckdb.js';
import { binanceKlines, consolidatedFundings, consolidatedTrades, dayMs } from './testing/rows.js';

const directory = suiteDirectory();
let number = 0;

/** A lake on a local disk, so that DuckDB can look at it. */
function localLake(): TestLake & { readonly root: string } {
  const root = join(directory, String(number++));
  const output = localStore(join(root, 'unified'));
  return { ...testLake(directory, { output }), root };
}

const metadataOf = async ({ output }: TestLake) =>
  metadataSchema.parse(JSON.parse(Buffer.from((await output.get(METADATA_NAME)).bytes).toString()));

const failure = (code: string) => expect.objectContaining({ name: 'LakeError', code });

async function threeDatasets(lake: TestLake): Promise<void> {
  for (const day of ['2024-01-01', '2024-01-02']) await lake.put(`BTCUSDT-1m-${day}.csv`, binanceKlines(day));
  await lake.put('aggtrades_binance_BTCUSDT_consolidated.csv', consolidatedTrades('2024-01-01'));
  await lake.put(
    'futures_binance_BTCUSDT_consolidated.csv',
    consolidatedFundings('2024-01-01', '2024-01-02'),
  );
}

describe('a conversion', () => {
  it('publishes three datasets as the guide draws them, and the two documents', async () => {
    const lake = testLake(directory);
    await threeDatasets(lake);
    expect(await lake.convert()).toMatchObject({ failed: 0, skipped: [] });
    expect([...(await lake.published()).keys()]).toEqual([
      'aggtrades/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/year=2024/month=1/day=1/data.parquet',
      'futures/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/year=2024/month=1/day=1/data.parquet',
      'futures/binance_BTCUSDT/exchange=binance/symbol=BTCUSDT/year=2024/month=1/day=2/data.parquet',
      'klines/binance_BTCUSDT_1m/exchange=binance/symbol=BTCUSDT/timeframe=1m/year=2024/month=1/day=1/data.parquet',
      'klines/binance_BTCUSDT_1m/exchange=binance/symbol=BTCUSDT/timeframe=1m/year=2024/month=1/day=2/data.parquet',
    ]);
    const { data_types: types } = await metadataOf(lake);
    expect(Object.entries(types).map(([name, { rows }]) => [name, rows])).toEqual([
      ['klines', 2880],
      ['aggtrades', 10],
      ['futures', 6],
    ]);
    expect(await lake.output.head('_config.json')).toBeDefined();
  });

  it('has the columns that the guide prints, with their types, for DuckDB too', async () => {
    const lake = localLake();
    await threeDatasets(lake);
    await lake.convert();
    const describe = (dataset: string) =>
      duckdbRows(
        `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet('${lake.root}/unified/${dataset}/**/*.parquet', hive_partitioning = true))`,
      );
    expect((await describe('klines')).map((row) => row.join(' '))).toEqual([
      ...['timestamp BIGINT', 'open DOUBLE', 'high DOUBLE', 'low DOUBLE', 'close DOUBLE', 'volume DOUBLE'],
      ...[
        'day BIGINT',
        'exchange VARCHAR',
        'month BIGINT',
        'symbol VARCHAR',
        'timeframe VARCHAR',
        'year BIGINT',
      ],
    ]);
    expect((await describe('aggtrades')).slice(0, 6).map((row) => row.join(' '))).toEqual([
      ...['timestamp BIGINT', 'timeframe VARCHAR', 'trade_price DOUBLE', 'trade_quantity DOUBLE'],
      ...['trade_is_buyer_maker BOOLEAN', 'trade_id BIGINT'],
    ]);
    const fundings = await duckdbRows(
      `SELECT * FROM read_parquet('${lake.root}/unified/futures/**/*.parquet') ORDER BY timestamp LIMIT 2`,
    );
    expect(fundings.map((row) => row.slice(0, 4))).toEqual([
      [String(dayMs('2024-01-01')), '1m', '0.0001', null],
      [String(dayMs('2024-01-01') + 8 * 3_600_000 + 3), '1m', '0.0002', null],
    ]);
  });

  it('stores what the directories say as well, where that is wanted, with the types that the guide prints', async () => {
    const lake = localLake();
    await threeDatasets(lake);
    await lake.convert({ storePartitionColumns: true });
    const rows = await duckdbRows(
      `SELECT name, type, converted_type FROM parquet_schema('${lake.root}/unified/klines/**/day=1/*.parquet') OFFSET 1`,
    );
    expect(rows.map((row) => row.join(' '))).toEqual([
      ...[
        'timestamp INT64 ',
        'exchange BYTE_ARRAY UTF8',
        'symbol BYTE_ARRAY UTF8',
        'timeframe BYTE_ARRAY UTF8',
      ],
      ...['open DOUBLE ', 'high DOUBLE ', 'low DOUBLE ', 'close DOUBLE ', 'volume DOUBLE '],
      ...['year INT32 INT_16', 'month INT32 INT_8', 'day INT32 INT_8'],
    ]);
    const values = await duckdbRows(
      `SELECT DISTINCT exchange, symbol, timeframe, year, month, day FROM read_parquet('${lake.root}/unified/klines/**/*.parquet', hive_partitioning = false) ORDER BY day`,
    );
    expect(values.map((row) => row.join(' '))).toEqual([
      'binance BTCUSDT 1m 2024 1 1',
      'binance BTCUSDT 1m 2024 1 2',
    ]);
  });

  it('fails without klines, and publishes nothing', async () => {
    const lake = testLake(directory);
    await lake.put('aggtrades_binance_BTCUSDT_consolidated.csv', consolidatedTrades('2024-01-01'));
    await expect(lake.convert()).rejects.toEqual(failure('NO_KLINES'));
    await lake.put('klines_binance_BTCUSDT_1m_consolidated.csv', 'timestamp,open,high,low,close,volume\n');
    await expect(lake.convert()).rejects.toEqual(failure('NO_KLINES'));
    for await (const { key } of lake.output.list('')) throw new Error(`${key} was published`);
  });

  it('skips what has no sources, with a warning', async () => {
    const lake = testLake(directory);
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
    expect(await lake.convert()).toMatchObject({ skipped: ['aggtrades', 'futures'], failed: 0 });
    const warned = lake.events.filter((event) => event.type === 'note' && event.severity === 'warning');
    expect(warned.map((event) => event.type === 'note' && event.details['dataset'])).toEqual([
      'aggtrades',
      'futures',
    ]);
  });

  it('publishes nothing where any source cannot be read, though others can', async () => {
    const lake = testLake(directory);
    await threeDatasets(lake);
    await lake.put('BTCUSDT-1m-2024-01-03.csv', `${binanceKlines('2024-01-03', { bars: 2 })}broken\n`);
    await expect(lake.convert()).rejects.toMatchObject({
      code: 'CSV_VALUE',
      details: { file: 'BTCUSDT-1m-2024-01-03.csv', line: 3 },
    });
    expect((await lake.published()).size).toBe(0);
  });

  it('sorts rows by time, those of one time as they stand in their sources, and loses none', async () => {
    const lake = localLake();
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
    const ms = dayMs('2024-01-01');
    const rows = [5, 1, 3, 1, 4].map((second, i) => `${ms + second * 1000},${i},1,true,${i}`);
    // Two days, shuffled row by row.
    const shuffled = rows.flatMap((row, i) => [row, `${ms + 86_400_000 + i},9,1,false,${100 + i}`]);
    await lake.put(
      'aggtrades_binance_BTCUSDT_consolidated.csv',
      `timestamp,price,quantity,is_buyer_maker,agg_trade_id\n${shuffled.join('\n')}\n`,
    );
    await lake.convert();
    const ids = await duckdbRows(
      `SELECT day, list(trade_id) FROM (SELECT * FROM read_parquet('${lake.root}/unified/aggtrades/**/*.parquet', hive_partitioning = true, file_row_number = true) ORDER BY day, file_row_number) GROUP BY day ORDER BY day`,
    );
    expect(ids.map(([, list]) => list)).toEqual(['[1, 3, 2, 4, 0]', '[100, 101, 102, 103, 104]']);
  });

  it('gives the same bytes whether rows that are not in order fit in its memory or not', async () => {
    const count = 140_000;
    const ms = dayMs('2024-01-01');
    // A prime walk, so that nothing is in order but what is in the middle; four trades a second.
    const rowAt = (i: number) => (i < 60_000 || i > 135_000 ? (i * 7919) % count : i);
    const rows = Array.from({ length: count }, (_, i) => {
      const second = Math.floor(rowAt(i) / 4);
      return `${ms + second * 1000},${40_000 + (i % 7)}.5,0.25,${i % 3 === 0 ? 'True' : 'False'},${i}\n`;
    });
    const text = `timestamp,price,quantity,is_buyer_maker,agg_trade_id\n${rows.join('')}`;
    const converted = async (memoryMiB: number) => {
      const scratch = join(directory, `memory-${memoryMiB}`);
      await mkdir(scratch);
      const arena = createArena({ bytesMax: memoryMiB * 2 ** 20 });
      const lake = testLake(scratch, { arena });
      await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
      await lake.put('aggtrades_binance_BTCUSDT_consolidated.csv', text);
      expect(await lake.convert()).toMatchObject({ failed: 0 });
      expect([arena.usedBytes, await readdir(scratch)]).toEqual([0, []]);
      return lake.published();
    };
    expect(await converted(16)).toEqual(await converted(256));
  });

  it('gives the same bytes whatever the sources are called and cut into', async () => {
    const [one, other] = [testLake(directory), testLake(directory)];
    const days = ['2024-01-01', '2024-01-02'].map((day) => binanceKlines(day));
    for (const [i, text] of days.entries()) await one.put(`BTCUSDT-1m-2024-01-0${i + 1}.csv`, text);
    await other.put('BTCUSDT-1m-2024-01.csv', days.join(''));
    await Promise.all([one.convert(), other.convert()]);
    const contents = async (lake: TestLake) =>
      (await metadataOf(lake)).data_types['klines']?.datasets['klines/binance_BTCUSDT_1m']?.partitions.map(
        ({ multiset, rows }) => ({ multiset, rows }),
      );
    expect(await contents(one)).toEqual(await contents(other));
  });
});

describe('converting again', () => {
  it('does nothing where nothing has changed, and only changed days where something has', async () => {
    const lake = testLake(directory);
    await threeDatasets(lake);
    await lake.convert();
    const [first, document] = [await lake.published(), await lake.output.head(METADATA_NAME)];
    expect((await lake.convert()).datasets.map(({ done }) => done)).toEqual([0, 0, 0]);
    expect(await lake.published()).toEqual(first);
    expect(await lake.output.head(METADATA_NAME)).toEqual(document);

    await lake.put('BTCUSDT-1m-2024-01-03.csv', binanceKlines('2024-01-03'));
    await lake.put(
      'aggtrades_binance_BTCUSDT_consolidated.csv',
      consolidatedTrades('2024-01-01', { trades: 11 }),
    );
    expect((await lake.convert()).datasets.map(({ done }) => done)).toEqual([1, 1, 0]);
    const second = await lake.published();
    const changed = [...second].filter(([key, etag]) => first.get(key) !== etag).map(([key]) => key);
    expect(changed).toEqual([
      expect.stringMatching(/^aggtrades.*day=1/),
      expect.stringMatching(/^klines.*month=1\/day=3/),
    ]);
    expect((await metadataOf(lake)).data_types['klines']).toMatchObject({ rows: 3 * 1440 });
  });

  it('reads an unchanged source again where it shares a day with a new one', async () => {
    const lake = testLake(directory);
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 10 }));
    await lake.convert();
    await lake.put('BTCUSDT-1m-2024-01.csv', binanceKlines('2024-01-01').split('\n').slice(10).join('\n'));
    await lake.convert();
    expect((await metadataOf(lake)).data_types['klines']).toMatchObject({ rows: 1440 });
  });

  it('publishes again what is damaged, of the sources that it came from', async () => {
    const lake = testLake(directory);
    await threeDatasets(lake);
    await lake.convert();
    const [key] = [...(await lake.published()).keys()].filter((name) => name.startsWith('futures'));
    await lake.output.delete(key as string);
    expect((await lake.convert()).datasets.map(({ done }) => done)).toEqual([0, 0, 1]);
    expect(await lake.output.head(key as string)).toBeDefined();
  });

  it('refuses to make a day smaller because a source of it is gone', async () => {
    const lake = testLake(directory);
    const rows = binanceKlines('2024-01-01').split('\n');
    await lake.put('BTCUSDT-1m-2024-01-01.csv', rows.slice(0, 10).join('\n'));
    await lake.put('BTCUSDT-1m-2024-01.csv', rows.slice(10).join('\n'));
    await lake.convert();
    await lake.data.delete('BTCUSDT-1m-2024-01-01.csv');
    expect((await lake.convert()).datasets[0]).toMatchObject({ done: 0 });
    await lake.put('BTCUSDT-1m-2024-01.csv', rows.slice(20).join('\n'));
    await expect(lake.convert()).rejects.toEqual(failure('SOURCE_GONE'));
    await lake.convert({ forceRerun: true });
    expect((await metadataOf(lake)).data_types['klines']).toMatchObject({ rows: 1420 });
  });

  it('goes on where a run was stopped', async () => {
    const abort = new AbortController();
    const lake = testLake(directory, {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'finished') abort.abort();
      },
    });
    await threeDatasets(lake);
    const stopped = await lake.convert();
    expect(stopped.datasets[0]).toMatchObject({ done: 1, entry: undefined });
    const first = await lake.published();
    expect(first.size).toBe(1);
    const again = testLake(directory, { data: lake.data, output: lake.output });
    await again.convert();
    const all = await again.published();
    expect(all.size).toBe(5);
    for (const [key, etag] of first) expect(all.get(key)).toBe(etag);
  });

  it('fails where a source changes while it is converted, and publishes nothing of it', async () => {
    const lake = testLake(directory);
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
    const { data } = lake;
    const changing: typeof data = {
      ...data,
      open: async (key) => {
        const source = await data.open(key);
        await data.put(key, Buffer.from(binanceKlines('2024-01-01', { bars: 3 })));
        return source;
      },
    };
    const other = testLake(directory, { data: changing, output: lake.output });
    const result = await other.convert().catch((error: unknown) => error);
    if (isLakeError(result)) expect(result.kind).toBe('conflict');
    else expect(result).toMatchObject({ failed: 1 });
    expect((await lake.published()).size).toBe(0);
  });
});

describe('a partial conversion', () => {
  it('reads so many sources only, says so, and is made whole later', async () => {
    const lake = testLake(directory);
    for (const day of ['01', '02', '03'])
      await lake.put(`BTCUSDT-1m-2024-01-${day}.csv`, binanceKlines(`2024-01-${day}`));
    await lake.convert({ maxFiles: 2 });
    const entry = async () =>
      (await metadataOf(lake)).data_types['klines']?.datasets['klines/binance_BTCUSDT_1m'];
    expect(await entry()).toMatchObject({ partial: true, rows: 2880 });
    await lake.convert();
    expect(await entry()).toMatchObject({ partial: false, rows: 4320 });
  });
});

describe('a backup', () => {
  it('has what was replaced, once per content, in a directory of its own', async () => {
    const lake = testLake(directory);
    const put = (bars: number) =>
      lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars }));
    await put(1);
    await lake.convert();
    const [key] = [...(await lake.published()).keys()];
    const first = Buffer.from((await lake.output.get(key as string)).bytes);
    const kept = async () => {
      const keys: string[] = [];
      for await (const object of lake.backups.list('')) keys.push(object.key);
      return keys;
    };
    expect(await kept()).toEqual([]);
    await put(2);
    await lake.convert();
    expect(await kept()).toEqual([`20260120T120000Z/${key}`, 'index.json']);
    expect(Buffer.from((await lake.backups.get(`20260120T120000Z/${key}`)).bytes)).toEqual(first);
    // Back to the first content, and away from it again: it is there already, the second one is not.
    await put(1);
    await lake.convert();
    await put(2);
    await lake.convert();
    expect(await kept()).toEqual([`20260120T120000Z-2/${key}`, `20260120T120000Z/${key}`, 'index.json']);
  });

  it('that fails leaves everything as it was', async () => {
    const lake = testLake(directory);
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 1 }));
    await lake.convert();
    const before = await lake.published();
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 2 }));
    const full: typeof lake.backups = {
      ...lake.backups,
      put: () => Promise.reject(Object.assign(new Error('disk full'), { code: 'ENOSPC' })),
    };
    const other = testLake(directory, { data: lake.data, output: lake.output, backups: full });
    await expect(other.convert()).rejects.toThrow('disk full');
    expect(await lake.published()).toEqual(before);
  });
});

describe('a document', () => {
  it('keeps keys that somebody else wrote', async () => {
    const lake = testLake(directory);
    await threeDatasets(lake);
    await lake.convert();
    for (const name of [METADATA_NAME, '_config.json']) {
      const document = JSON.parse(Buffer.from((await lake.output.get(name)).bytes).toString()) as object;
      await lake.put('BTCUSDT-1m-2024-01-04.csv', binanceKlines('2024-01-04'));
      await lake.output.put(name, Buffer.from(JSON.stringify({ ...document, note: 'ours' })));
    }
    await lake.convert();
    for (const name of [METADATA_NAME, '_config.json']) {
      expect(JSON.parse(Buffer.from((await lake.output.get(name)).bytes).toString())).toMatchObject({
        note: 'ours',
      });
    }
  });
});
