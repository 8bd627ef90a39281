import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { partitionAvailabilityData, partitionExecutionData, partitionMlData } from './partition-data.js';
import { openLake } from './reader/open-lake.js';
import { saveAndUploadPartitions } from './save-partitions.js';
import { batchOf, dayUs, NOON, suiteDirectory } from './testing/context.js';
import { rowsOf } from './testing/rows.js';

/** The failures that were observed of the guide's own code (D-01 … D-07c); here they are not. */
const scratchDirectory = suiteDirectory();
const DATE = '2023-05-23';
const VENUE = 'binance';
const BTC = 'binance:SPOT_PAIR:BTC-USDT';
const ETH = 'binance:SPOT_PAIR:ETH-USDT';

const save = (set: Parameters<typeof saveAndUploadPartitions>[0], output: ObjectStore) =>
  saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON });

/** The trades of the guide's example. */
const trades = () =>
  batchOf({
    timestamp: [1n, 2n, 3n],
    price: [50_000, 50_001, 50_002],
    amount: [0.1, 0.2, 0.3],
    side: ['buy', 'sell', 'buy'],
  });

async function saveTrades(
  output: ObjectStore,
  { date = DATE, instrumentId = BTC, dataType = 'trades', batch = trades() } = {},
) {
  const set = await partitionExecutionData([batch], { date, venue: VENUE, instrumentId, dataType });
  return save(set, output);
}

it('D-01: what is written is read back', async () => {
  const output = memoryStore();
  const [uploaded] = await saveTrades(output);
  const [view] = uploaded?.views.get('by_date') ?? [];
  expect(view?.uri).toContain(
    'execution_data/by_date/year-2023/month-05/day-23/venue-binance/instrument-binance%3ASPOT_PAIR%3ABTC-USDT/trades.parquet',
  );
  expect(view?.uri).not.toContain('execution_data/execution_data');
  const lake = openLake(output);
  const read = lake.readExecutionData({ date: DATE, venue: VENUE, instrumentId: BTC });
  expect(await rowsOf(read, ['timestamp', 'price', 'side'])).toEqual([
    [1n, 50_000, 'buy'],
    [2n, 50_001, 'sell'],
    [3n, 50_002, 'buy'],
  ]);
});

it('D-02: days and instruments of a month overwrite nothing of one another', async () => {
  const output = memoryStore();
  for (const date of [DATE, '2023-05-24'])
    for (const instrumentId of [BTC, ETH]) await saveTrades(output, { date, instrumentId });
  const lake = openLake(output);
  const read = (given: object) =>
    rowsOf(lake.readExecutionData({ date: DATE, ...given }), ['instrument_id', 'date']);
  const all = await read({ venue: VENUE });
  expect(all).toHaveLength(6);
  expect(new Set(all.map(([id]) => id))).toEqual(new Set([BTC, ETH].map((id) => id.toUpperCase())));
  expect(new Set(all.map(([, date]) => date))).toEqual(new Set([Number(dayUs(DATE) / 86_400_000_000n)]));
  expect(await read({ instrumentId: ETH })).toHaveLength(3);
  expect(await rowsOf(lake.readExecutionData({ instrumentId: BTC }))).toHaveLength(6);
});

it('D-02: other rows of a partition come to those that are there, and the same rows do not', async () => {
  const output = memoryStore();
  await saveTrades(output);
  const [again] = await saveTrades(output);
  expect(again?.status).toBe('unchanged');
  const late = batchOf({ timestamp: [2n], price: [1], amount: [2], side: ['sell'] });
  const [merged] = await saveTrades(output, { batch: late });
  expect(merged).toMatchObject({ status: 'replaced' });
  const read = openLake(output).readExecutionData({ date: DATE, instrumentId: BTC, dataType: 'trades' });
  expect(await rowsOf(read, ['timestamp', 'price'])).toEqual([
    [1n, 50_000],
    [2n, 50_001],
    [2n, 1],
    [3n, 50_002],
  ]);
});

it('D-03: each partition has only its own rows, and all of them together every row', async () => {
  const output = memoryStore();
  const batch = batchOf({
    timestamp: [dayUs('2023-05-23') + 1n, dayUs('2023-05-24'), dayUs('2023-05-23') + 5n],
    instrument_id: [BTC, BTC, ETH],
    price: [1, 2, 3],
  });
  const set = await partitionExecutionData([batch], { dataType: 'trades' });
  const uploaded = await save(set, output);
  expect(
    uploaded.map(({ names, views }) => [names.day, names.instrument, views.get('by_venue')?.[0]?.rows]),
  ).toEqual([
    ['2023-05-23', BTC.toUpperCase(), 1],
    ['2023-05-23', ETH.toUpperCase(), 1],
    ['2023-05-24', BTC.toUpperCase(), 1],
  ]);
  expect(set.rowCount).toBe(3);
});

const instruments = () =>
  batchOf({
    instrument_id: [BTC, 'deribit:Perp:BTC-USD', ETH],
    venue: ['binance', 'deribit', 'binance'],
    instrument_type: ['spot', 'perpetual', 'spot'],
    available_from: [DATE, DATE, DATE],
    available_to: ['2025-10-22', '2025-10-22', '2025-10-22'],
  });

it('D-04: instruments of a venue, and of a type, are found by it', async () => {
  const output = memoryStore();
  const [uploaded] = await save(await partitionAvailabilityData([instruments()], { date: DATE }), output);
  const lake = openLake(output);
  const read = (given: object) =>
    rowsOf(lake.readAvailabilityData({ date: DATE, ...given }), ['instrument_id']);
  expect(await read({ venue: VENUE })).toEqual([[BTC.toUpperCase()], [ETH.toUpperCase()]]);
  expect(await read({ instrumentType: 'perpetual' })).toEqual([['DERIBIT:PERPETUAL:BTC-USD']]);
  expect(await read({})).toHaveLength(3);
  expect(uploaded?.views.get('by_venue')?.map(({ rows }) => rows)).toEqual([2, 1]);
});

it('D-05: a data type that is named is the only one that is read', async () => {
  const output = memoryStore();
  await saveTrades(output);
  await saveTrades(output, { dataType: 'liquidations' });
  const lake = openLake(output);
  const read = (given: object) =>
    rowsOf(lake.readExecutionData({ date: DATE, venue: VENUE, ...given }), ['data_type']);
  expect(await read({ dataType: 'trades' })).toEqual([['trades'], ['trades'], ['trades']]);
  expect(await read({})).toHaveLength(6);
});

it('D-06: an instrument is not found by another whose name begins with its own', async () => {
  const output = memoryStore();
  const usd = 'binance:SPOT_PAIR:BTC-USD';
  await saveTrades(output);
  const lake = openLake(output);
  expect(await rowsOf(lake.readExecutionData({ date: DATE, instrumentId: usd }))).toEqual([]);
  await saveTrades(output, { instrumentId: usd, batch: batchOf({ timestamp: [7n], price: [1] }) });
  expect(await rowsOf(lake.readExecutionData({ date: DATE, instrumentId: usd }), ['timestamp'])).toEqual([
    [7n],
  ]);
});

it('D-07: the batch of the caller stays as it is, and so does a column that it has', async () => {
  const batch = batchOf({ timestamp: [1n], venue: ['mine'], price: [2] });
  const before = structuredClone(batch);
  const output = memoryStore();
  const set = await partitionExecutionData([batch], { date: DATE, instrumentId: BTC, dataType: 'trades' });
  await saveAndUploadPartitions(set, {
    output,
    scratchDirectory,
    clock: NOON,
    materializeColumns: ['venue', 'year'],
  });
  expect(batch).toEqual(before);
  const read = openLake(output).readExecutionData({ date: DATE, instrumentId: BTC });
  expect(await rowsOf(read, ['venue', 'year'])).toEqual([['mine', 2023]]);
});

it('D-07b: candles are found by their timeframe with a venue or an instrument too; a read without a date is told so', async () => {
  const output = memoryStore();
  const candle = batchOf({ timestamp: [1n], open: [1], high: [1], low: [1], close: [1], volume: [1] });
  for (const timeframe of ['1m', '1h']) {
    const options = {
      date: DATE,
      venue: VENUE,
      instrumentId: BTC,
      dataType: `ohlcv_${timeframe}`,
      timeframe,
    };
    await save(await partitionMlData([candle], options), output);
  }
  const lake = openLake(output);
  for (const given of [{ venue: VENUE }, { instrumentId: BTC }, { venue: VENUE, instrumentId: BTC }, {}]) {
    const read = lake.readMlData({ date: DATE, timeframe: '1h', ...given });
    expect(await rowsOf(read, ['timeframe'])).toEqual([['1h']]);
  }
  expect(() => lake.readMlData({ venue: VENUE })).toThrow(
    expect.objectContaining({ kind: 'invalid', code: 'DATE' }),
  );
});

it('D-07c: a day that cannot be read is an error, and month and day have one type', async () => {
  const bad = batchOf({
    instrument_id: [BTC],
    venue: ['binance'],
    instrument_type: ['spot'],
    available_from: ['2023-02-30'],
    available_to: ['2025-10-22'],
  });
  await expect(partitionAvailabilityData([bad], { date: DATE })).rejects.toMatchObject({
    kind: 'corrupt',
    details: { row: 0 },
  });
  const output = memoryStore();
  await saveTrades(output);
  const schema = await openLake(output).readExecutionData({ date: DATE, instrumentId: BTC }).schema();
  const types = ['year', 'month', 'day'].map(
    (name) => schema.fields.find((field) => field.name === name)?.type,
  );
  expect(types).toEqual(Array.from({ length: 3 }, () => ({ kind: 'int', bits: 16, signed: true })));
});
