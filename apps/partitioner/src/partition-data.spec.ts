import type { Column } from '@ticklake/columnar';
import { memoryStore } from '@ticklake/storage';
import { partitionExecutionData, partitionMlData } from './partition-data.js';
import { openLake } from './reader/open-lake.js';
import { saveAndUploadPartitions } from './save-partitions.js';
import { batchOf, dayUs, NOON, suiteDirectory } from './testing/context.js';
import { rowsOf } from './testing/rows.js';

const scratchDirectory = suiteDirectory();
const BTC = 'binance:SPOT_PAIR:BTC-USDT';

/** Trades that happened just before midnight, and one of which arrived after it. */
const late = () => {
  const midnight = dayUs('2023-05-24');
  return batchOf({
    timestamp: [midnight - 3n, midnight - 2n],
    local_timestamp: [midnight + 1n, midnight - 1n],
    price: [1, 2],
  });
};

describe('partitionExecutionData', () => {
  it('goes by when rows arrived, as files of Tardis do, where they say it', async () => {
    const set = await partitionExecutionData([late()], { instrumentId: BTC, dataType: 'trades' });
    const output = memoryStore();
    const uploaded = await saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON });
    expect(uploaded.map(({ names }) => names.day)).toEqual(['2023-05-23', '2023-05-24']);
  });

  it('puts all in the day that is named, in order of when they arrived', async () => {
    const options = { date: '2023-05-23', instrumentId: BTC, dataType: 'trades' };
    const output = memoryStore();
    const set = await partitionExecutionData([late()], options);
    await saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON });
    const read = openLake(output).readExecutionData({ date: '2023-05-23', instrumentId: BTC });
    expect(await rowsOf(read, ['price'])).toEqual([[2], [1]]);
  });
});

describe('partitionMlData', () => {
  it('takes features of whatever columns they have (AP-20)', async () => {
    const batch = batchOf({ timestamp: [dayUs('2023-05-23')], rsi_14: [51.5], regime: ['calm'] });
    const output = memoryStore();
    for (const dataType of ['technical_features', 'ml_signals']) {
      const set = await partitionMlData([batch], { instrumentId: BTC, dataType });
      await saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON });
    }
    const read = openLake(output).readMlData({ instrumentId: BTC, dataType: 'technical_features' });
    expect(await rowsOf(read, ['rsi_14', 'regime', 'data_type'])).toEqual([
      [51.5, 'calm', 'technical_features'],
    ]);
  });

  it('takes rows that say the instrument that is named, in any spelling, and refuses those that say another', async () => {
    const of = (...instrument_id: readonly string[]) => {
      const timestamp = instrument_id.map((_, i) => dayUs('2023-05-23') + BigInt(i));
      const batches = [batchOf({ timestamp, instrument_id, rsi: instrument_id.map(() => 1) })];
      return partitionMlData(batches, { instrumentId: BTC, dataType: 'technical_features' });
    };
    const { rowCount } = await of('BINANCE:SPOT_PAIR:BTC-USDT', 'binance:spot:btc-usdt');
    expect(rowCount).toBe(2);
    await expect(of('BINANCE:SPOT_PAIR:BTC-USDT', 'BINANCE:SPOT_PAIR:BTC-USD')).rejects.toMatchObject({
      ...{ kind: 'corrupt', code: 'OTHER_INSTRUMENT' },
      details: { row: 1, found: 'BINANCE:SPOT_PAIR:BTC-USD', expected: 'BINANCE:SPOT_PAIR:BTC-USDT' },
    });
  });

  it('takes rows that do not say their instrument as those of the one that is named', async () => {
    const batch = batchOf({
      timestamp: [1n, 2n].map((us) => dayUs('2023-05-23') + us),
      instrument_id: ['x', BTC],
    });
    const [timestamp, ids] = batch.columns as [Column, Extract<Column, { layout: 'bytes' }>];
    const columns = [timestamp, { ...ids, validity: Uint8Array.of(0, 1) }];
    const set = await partitionMlData([{ ...batch, columns }], { instrumentId: BTC, dataType: 'ml_signals' });
    expect(set.collected.partitions.map(({ instrument }) => instrument)).toEqual([
      'BINANCE:SPOT_PAIR:BTC-USDT',
    ]);
  });

  it('refuses a timeframe that is not that of the data type', async () => {
    const batch = batchOf({ timestamp: [dayUs('2023-05-23')] });
    const options = { instrumentId: BTC, dataType: 'ohlcv_1m', timeframe: '1h' };
    await expect(partitionMlData([batch], options)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'NAME',
    });
  });
});
