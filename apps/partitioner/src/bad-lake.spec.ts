import type { RecordBatch } from '@ticklake/columnar';
import type { JobEvent } from '@ticklake/jobs';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { redirectLayout } from './layout/layout-document.js';
import { partitionExecutionData } from './partition-data.js';
import { partitionInstruments } from './partition-instruments.js';
import { openLake } from './reader/open-lake.js';
import { resampleCandles } from './resample-candles.js';
import { openRun, tierStore } from './run-context.js';
import { saveAndUploadPartitions } from './save-partitions.js';
import { findSources } from './sources/source-file.js';
import { batchOf, dayUs, NOON, suiteDirectory } from './testing/context.js';
import { rowsOf } from './testing/rows.js';
import { keysOf, partition, processOf, putAll, storeOf, targetOf, tradesCsv } from './testing/small-lake.js';
import { DAY, GOOD, parquet, tradesBatch, US, without } from './testing/source-files.js';

const scratch = suiteDirectory();
const corrupt = (code: string, details: object = {}) => ({ kind: 'corrupt', code, details });

describe('a tier', () => {
  const input = () => storeOf({ 'a_trades.csv': GOOD });

  it('of another layout, other views or other copies is not written to', async () => {
    const output = memoryStore();
    await partition(await input(), output, { scratch });
    for (const options of [{ layout: 'hive' }, { views: ['by_venue'] }, { copies: 'primary' }] as const) {
      const run = partition(await input(), output, { scratch, ...options });
      await expect(run).rejects.toMatchObject({ kind: 'conflict', code: 'LAYOUT' });
    }
  });

  it('without a view that is asked for is told so', async () => {
    const run = partition(await input(), memoryStore(), { scratch, views: ['by_timeframe'] });
    await expect(run).rejects.toMatchObject({
      kind: 'invalid',
      code: 'VIEW',
      details: { view: 'by_timeframe' },
    });
  });

  it('that moved is not written to: its readers would not see it', async () => {
    const output = memoryStore();
    await partition(await input(), output, { scratch });
    const root = tierStore(output, { tier: 'execution', layout: 'dash-code', root: undefined });
    await redirectLayout(root, { tier: 'execution', url: 'memory:elsewhere' }, { clock: NOON });
    const late = await storeOf({ 'b_trades.csv': tradesCsv(DAY, [['BTCUSDT', 5, 5]]) });
    await expect(partition(late, output, { scratch })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'MOVED',
      details: { movedTo: 'memory:elsewhere' },
    });
  });

  it.each(['', '{', '[]', '{"schema_version":"architecture-layout/2"}'])(
    'whose _layout.json is %j is neither read nor written',
    async (text) => {
      const output = memoryStore();
      await partition(await input(), output, { scratch });
      await putAll(output, { 'execution_data/_layout.json': text });
      const before = await keysOf(output);
      const damaged = { kind: 'invalid', code: 'DOCUMENT' };
      await expect(partition(await input(), output, { scratch })).rejects.toMatchObject(damaged);
      const read = openLake(output).readExecutionData({ date: DAY });
      await expect(rowsOf(read)).rejects.toMatchObject(damaged);
      expect(await keysOf(output)).toEqual(before);
    },
  );

  it('with objects of others is read, and they are left alone', async () => {
    const output = memoryStore();
    await partition(await input(), output, { scratch });
    const day = 'by_date/year-2023/month-05/day-23/';
    const strays = [
      'notes.txt',
      'by_date/x.parquet',
      `${day}venue-binance/x.parquet`,
      `${day}venue-BINANCE/instrument-x/trades.parquet`,
      'by_venue/venue-binance/year-2023/month-05/day-23/trades.parquet',
      'by_venue/venue-binance/year-2023/month-02/day-30/x/binance_trades.parquet',
      `${day}venue-binance/instrument-binance%3ASPOT_PAIR%3ABTC-USDT/_x.parquet`,
    ].map((key) => `execution_data/${key}`);
    await putAll(output, Object.fromEntries(strays.map((key) => [key, 'not ours'])));
    for (const given of [{}, { venue: 'binance' }, { instrumentId: 'binance:SPOT_PAIR:BTC-USDT' }]) {
      const read = openLake(output).readExecutionData({ date: DAY, columns: ['price'], ...given });
      expect(await rowsOf(read)).toEqual([[10], [20]]);
    }
    await partition(await input(), output, { scratch, overwrite: true });
    expect(await keysOf(output)).toEqual(expect.arrayContaining(strays));
  });

  it('is missing where nothing was published', async () => {
    const read = openLake(memoryStore()).readExecutionData({ date: DAY });
    await expect(rowsOf(read)).rejects.toMatchObject({ kind: 'missing', code: 'NO_TIER' });
  });
});

describe('a partition', () => {
  async function published(copies: 'all' | 'primary' = 'all') {
    const output = memoryStore();
    await partition(await storeOf({ 'a_trades.csv': GOOD }), output, { scratch, copies });
    const keys = await keysOf(output, 'execution_data/by_date/');
    const keyOf = (end: string) => keys.find((key) => key.endsWith(end)) as string;
    return { output, data: keyOf('/trades.parquet'), manifest: keyOf('/_trades.json') };
  }

  const reads = [{}, { venue: 'binance' }, { instrumentId: 'binance:SPOT_PAIR:BTC-USDT' }] as const;
  const pricesOf = (output: ObjectStore, given: object) =>
    rowsOf(openLake(output).readExecutionData({ date: DAY, columns: ['price'], ...given }));

  it.each([
    ['is another file', async () => parquet(tradesBatch())],
    ['is cut', async (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['has a byte changed', async (bytes: Uint8Array) => bytes.map((byte, i) => (i === 60 ? byte ^ 1 : byte))],
    ['is not there', async () => undefined],
  ])('whose data object %s is corrupt by every view', async (_, change) => {
    const { output, data } = await published();
    const bytes = await change((await output.get(data)).bytes);
    if (bytes === undefined) await output.delete(data);
    else await output.put(data, bytes);
    for (const given of reads)
      await expect(pricesOf(output, given)).rejects.toMatchObject({ kind: 'corrupt', code: 'DATA_MISMATCH' });
    const late = await storeOf({ 'b_trades.csv': tradesCsv(DAY, [['BTCUSDT', 5, 5]]) });
    await expect(partition(late, output, { scratch })).rejects.toMatchObject({ kind: 'corrupt' });
    await partition(await storeOf({ 'a_trades.csv': GOOD }), output, { scratch, overwrite: true });
    expect(await pricesOf(output, {})).toEqual([[10], [20]]);
  });

  it.each(['', '{', '{"schema_version":"architecture/9"}'])(
    'whose manifest is %j is corrupt, and is not written over',
    async (text) => {
      const { output, manifest } = await published();
      await putAll(output, { [manifest]: text });
      for (const given of reads)
        await expect(pricesOf(output, given)).rejects.toMatchObject({ kind: 'corrupt', code: 'MANIFEST' });
      const again = partition(await storeOf({ 'a_trades.csv': GOOD }), output, { scratch });
      await expect(again).rejects.toMatchObject({ kind: 'corrupt', code: 'MANIFEST' });
    },
  );

  it('whose manifest names data elsewhere is corrupt', async () => {
    const { output, manifest } = await published();
    const text = Buffer.from((await output.get(manifest)).bytes).toString('utf8');
    await putAll(output, { [manifest]: text.replace('"data": "trades.parquet"', '"data": "../x.parquet"') });
    await expect(pricesOf(output, {})).rejects.toMatchObject({ kind: 'corrupt', code: 'MANIFEST' });
  });

  it('with a torn copy is read from the primary view', async () => {
    const { output } = await published();
    for (const key of await keysOf(output, 'execution_data/by_venue/'))
      await output.put(key, await parquet(tradesBatch()));
    for (const given of reads) expect(await pricesOf(output, given)).toEqual([[10], [20]]);
  });

  it.each(['all', 'primary'] as const)('with %s copies that has no manifest is not there', async (copies) => {
    const { output, manifest } = await published(copies);
    await output.delete(manifest);
    for (const given of reads) expect(await pricesOf(output, given)).toEqual([]);
    await partition(await storeOf({ 'a_trades.csv': GOOD }), output, { scratch, copies });
    for (const given of reads) expect(await pricesOf(output, given)).toEqual([[10], [20]]);
  });

  it('that was saved is not saved again', async () => {
    const names = { date: DAY, instrumentId: 'binance:SPOT_PAIR:BTC-USDT', dataType: 'trades' };
    const set = await partitionExecutionData([batchOf({ timestamp: [dayUs(DAY)], price: [1] })], names);
    const save = (output: ObjectStore) =>
      saveAndUploadPartitions(set, { output, scratchDirectory: scratch, clock: NOON });
    await save(memoryStore());
    const output = memoryStore();
    await expect(save(output)).rejects.toMatchObject({ kind: 'invalid', code: 'SAVED' });
    expect(await keysOf(output)).toEqual([]);
  });

  it('of other columns does not take rows', async () => {
    const output = memoryStore();
    const names = { date: DAY, instrumentId: 'binance:SPOT_PAIR:BTC-USDT', dataType: 'trades' };
    const save = async (batch: RecordBatch) => {
      const set = await partitionExecutionData([batch], names);
      return saveAndUploadPartitions(set, { output, scratchDirectory: scratch, clock: NOON });
    };
    await save(batchOf({ timestamp: [dayUs(DAY)], price: [1] }));
    await expect(save(batchOf({ timestamp: [dayUs(DAY)], price: [1], side: ['buy'] }))).rejects.toMatchObject(
      {
        kind: 'conflict',
        code: 'SCHEMA_MISMATCH',
      },
    );
  });
});

const minutes = (count: number) =>
  [
    'timestamp,open,high,low,close,volume',
    ...Array.from({ length: count }, (_, i) => `${US + i * 60e6},1,2,1,1,1`),
    '',
  ].join('\n');

it('candles of a source do not come to those that were made, nor these to them', async () => {
  const output = memoryStore();
  const options = { scratch, tier: 'ml', instrument: 'binance:SPOT_PAIR:BTC-USDT' } as const;
  const base = await partition(await storeOf({ 'one.csv': minutes(10) }), output, {
    ...options,
    dataType: 'ohlcv_1m',
  });
  const run = await openRun(output, targetOf(options), processOf());
  await resampleCandles(base, ['5m'], run);
  const five = await storeOf({ 'five.csv': minutes(1) });
  const taken = (overwrite: boolean) =>
    partition(five, output, { ...options, dataType: 'ohlcv_5m', overwrite });
  await expect(taken(false)).rejects.toMatchObject({ kind: 'conflict', code: 'DERIVED' });
  await taken(true);
  const [derived] = await resampleCandles(base, ['5m'], run);
  expect([...(derived?.failures.values() ?? [])]).toEqual([
    expect.objectContaining({ kind: 'conflict', code: 'NOT_DERIVED' }),
  ]);
});

describe('a source of instruments', () => {
  const save = async (objects: Record<string, string | Uint8Array>, events: JobEvent[] = []) => {
    const [input, output] = [await storeOf(objects), memoryStore()];
    const files = await findSources(input, { formats: ['json', 'parquet'], files: [] });
    const run = await openRun(output, { ...targetOf({ scratch }), tier: 'availability' }, processOf(events));
    return partitionInstruments(files, { day: undefined, overwrite: false }, { input, run });
  };
  const row = (id: string) =>
    batchOf({
      ...{ instrument_id: [id], venue: [id.split(':')[0] as string], instrument_type: ['SPOT_PAIR'] },
      ...{ available_from: [DAY], available_to: ['2025-10-22'] },
    });
  const BTC = 'BINANCE:SPOT_PAIR:BTC-USDT';

  it.each<[string, string, string | (() => Promise<Uint8Array>), object]>([
    ['no JSON', 'a.json', '{', corrupt('INSTRUMENTS', { file: 'a.json' })],
    ['an empty file', 'a.json', '', corrupt('INSTRUMENTS')],
    ['of a kind that is not known', 'a.json', '{"x":1}', corrupt('INSTRUMENTS')],
    ['no Parquet', 'a.parquet', 'x', corrupt('BAD_MAGIC', { file: 'a.parquet' })],
    ['rows without ids', 'a.parquet', () => parquet(without(row(BTC), 'instrument_id')), { kind: 'corrupt' }],
    ['an id that is none', 'a.parquet', () => parquet(row('../../x')), { kind: 'corrupt' }],
  ])('%s: refused', async (_, name, body, expected) => {
    const bytes = typeof body === 'function' ? await body() : body;
    await expect(save({ [name]: bytes })).rejects.toMatchObject(expected);
  });

  it('that has what another has: a conflict, but for the same bytes', async () => {
    const [one, both] = [
      await parquet(row(BTC)),
      await parquet(instrumentsOf(BTC, 'OKX:SPOT_PAIR:BTC-USDT')),
    ];
    await expect(save({ 'a.parquet': one, 'b.parquet': both })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'DUPLICATE_INSTRUMENT',
    });
    const events: JobEvent[] = [];
    expect((await save({ 'a.parquet': one, 'b.parquet': one }, events)).manifest.row_count).toBe(1);
    expect(events).toContainEqual(
      expect.objectContaining({ details: { file: 'b.parquet', twin: 'a.parquet' } }),
    );
  });

  function instrumentsOf(...ids: readonly string[]): RecordBatch {
    return batchOf({
      instrument_id: ids,
      venue: ids.map((id) => id.split(':')[0] as string),
      instrument_type: ids.map(() => 'SPOT_PAIR'),
      available_from: ids.map(() => DAY),
      available_to: ids.map(() => '2025-10-22'),
    });
  }
});
