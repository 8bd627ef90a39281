import { UNIFIED, type UnifiedName } from '@ticklake/market';
import { memoryStore } from '@ticklake/storage';
import { findSources, namedSources } from './find-sources.js';

const MARKET = { exchange: 'binance', symbol: 'BTCUSDT', timeframe: '1m' };

async function storeOf(...keys: readonly string[]) {
  const store = memoryStore();
  for (const key of keys) await store.put(key, Buffer.from(key));
  return store;
}

const found = async (dataset: UnifiedName, ...keys: readonly string[]) => {
  const sources = await findSources(await storeOf(...keys), UNIFIED[dataset], MARKET);
  return (
    sources && {
      kind: sources.kind,
      files: sources.files.map(({ object }) => object.key),
      copies: sources.copies,
    }
  );
};

const ALL = [
  'parquet/aggtrades_BINANCE_BTCUSDT/2024/aggtrades_2024-01-02.parquet',
  'parquet/aggtrades_BINANCE_BTCUSDT/aggtrades_2024-01-01.parquet',
  'parquet/aggtrades_BINANCE_BTCUSDT/_tmp_2024-01-03.parquet',
  'parquet/aggtrades_BINANCE_BTCUSDT/summary.parquet',
  'parquet/aggtrades_BINANCE_ETHUSDT/aggtrades_2024-01-01.parquet',
  'aggtrades_binance_BTCUSDT_consolidated.parquet',
  'aggtrades_binance_BTCUSDT_consolidated.csv',
  'BTCUSDT-aggTrades-2024-01-01.zip',
];

it('takes individual files by date, then the consolidated one, then text, then public data', async () => {
  expect(await found('aggtrades', ...ALL)).toEqual({
    kind: 'individual',
    files: [ALL[0], ALL[1]].sort(),
    copies: [],
  });
  expect(await found('aggtrades', ...ALL.slice(2))).toMatchObject({ kind: 'consolidated', files: [ALL[5]] });
  expect(await found('aggtrades', ...ALL.slice(6))).toMatchObject({
    kind: 'consolidated-csv',
    files: [ALL[6]],
  });
  expect(await found('aggtrades', ...ALL.slice(7))).toMatchObject({ kind: 'public-data', files: [ALL[7]] });
  expect(await found('aggtrades')).toBeUndefined();
});

it('takes klines of the timeframe only, and names in any case', async () => {
  const other = 'klines_binance_BTCUSDT_5m_consolidated.parquet';
  expect(await found('klines', other)).toBeUndefined();
  const own = 'klines_BINANCE_BTCUSDT_1m_consolidated.parquet';
  expect(await found('klines', other, own)).toMatchObject({ files: [own] });
  expect(await found('klines', 'klines_binance_BTCUSDT_1m_2024-01-01.parquet')).toMatchObject({
    kind: 'individual',
  });
});

it('takes one copy of each public file: the zip, and tells of the others', async () => {
  const keys = ['BTCUSDT-1m-2024-02-28.csv', 'BTCUSDT-1m-2024-02-28.zip', 'BTCUSDT-1m-2024-02-29.csv'];
  const nested = 'data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip';
  const strangers = [
    'BTCUSDT-1m-2024-02-28.zip.CHECKSUM',
    'BTCUSDT-15m-2024-02-28.zip',
    'ETHUSDT-1m-2024-02-28.zip',
  ];
  expect(await found('klines', ...keys, nested, ...strangers)).toEqual({
    kind: 'public-data',
    files: [keys[1], keys[2], nested],
    copies: [keys[0]],
  });
});

it('refuses to choose between two consolidated files', async () => {
  const keys = ['futures_binance_BTCUSDT_consolidated.csv', 'futures_binance_BTCUSDT_consolidated.csv.gz'];
  await expect(found('futures', ...keys)).rejects.toMatchObject({
    kind: 'invalid',
    code: 'SOURCE_AMBIGUOUS',
  });
});

it('takes sources that are named, each once, with their checksums', async () => {
  const store = await storeOf('a/b.csv', 'c.zip', 'c.zip.CHECKSUM', 'd.txt');
  const sources = await namedSources(store, ['c.zip', 'a/b.csv', 'c.zip']);
  expect(sources.files.map(({ object, checksumKey }) => [object.key, checksumKey])).toEqual([
    ['a/b.csv', undefined],
    ['c.zip', 'c.zip.CHECKSUM'],
  ]);
  await expect(namedSources(store, ['no.csv'])).rejects.toMatchObject({ kind: 'missing', code: 'NO_SOURCE' });
  await expect(namedSources(store, ['d.txt'])).rejects.toMatchObject({ kind: 'invalid', code: 'NAME' });
});
