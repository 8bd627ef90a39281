import { memoryStore } from '@ticklake/storage';
import { listPartitions } from '../partitions/list-partitions.js';
import { partitionAvailabilityData, partitionExecutionData, partitionMlData } from '../partition-data.js';
import { openTier } from '../reader/open-tier.js';
import { saveAndUploadPartitions } from '../save-partitions.js';
import { ARENA, batchOf, NOON, suiteDirectory } from '../testing/context.js';
import { verifyPartition } from './verify-partition.js';

const scratchDirectory = suiteDirectory();
const DATE = '2023-05-23';
const BTC = 'binance:SPOT_PAIR:BTC-USDT';

it.each(['all', 'primary'] as const)(
  'nothing is wrong with what was published, copies %s',
  async (copies) => {
    const output = memoryStore();
    const save = (set: Parameters<typeof saveAndUploadPartitions>[0]) =>
      saveAndUploadPartitions(set, {
        output,
        scratchDirectory,
        clock: NOON,
        copies,
        materializeColumns: ['date'],
      });
    const names = { date: DATE, instrumentId: BTC };
    const prices = { open: [1], high: [1], low: [1], close: [1], volume: [1] };
    await save(
      await partitionExecutionData([batchOf({ timestamp: [1n, 2n], price: [1, 2] })], {
        ...names,
        dataType: 'trades',
      }),
    );
    await save(
      await partitionMlData([batchOf({ timestamp: [1n], ...prices })], { ...names, dataType: 'ohlcv_1m' }),
    );
    const instruments = {
      instrument_id: [BTC, 'deribit:Perp:BTC-USD'],
      venue: ['binance', 'deribit'],
      instrument_type: ['spot', 'perpetual'],
      available_from: [DATE, DATE],
      available_to: ['2025-10-22', '2025-10-22'],
    };
    await save(await partitionAvailabilityData([batchOf(instruments)], { date: DATE }));
    let partitions = 0;
    for (const tier of ['execution', 'ml', 'availability'] as const) {
      const { store, layout } = await openTier(output, tier, { root: undefined, openMoved: () => output });
      const tools = { store, layout, arena: ARENA, signal: new AbortController().signal };
      for await (const listed of listPartitions(store, layout)) {
        expect((await verifyPartition(listed, tools)).findings).toEqual([]);
        partitions++;
      }
    }
    expect(partitions).toBe(3);
  },
);
