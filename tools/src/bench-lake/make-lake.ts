import type { RecordBatch } from '@ticklake/columnar';
import { addDays, type UtcDay } from '@ticklake/core';
import {
  partitionAvailabilityData,
  partitionExecutionData,
  partitionMlData,
  saveAndUploadPartitions,
  type PartitionSet,
} from '@ticklake/partitioner';
import type { ObjectStore } from '@ticklake/storage';
import { madeCandles, madeInstruments, madeTrades } from './lake-rows.js';

/** What is in a made lake. */
export interface LakeSize {
  /** Of the instrument and day that are read. */
  readonly trades: number;
  readonly instruments: number;
  readonly days: number;
  /** In availability, each day. */
  readonly listed: number;
}

/** The day that is read; others follow it. */
export const DAY = '2024-03-02' as UtcDay;

/** The instrument that is read. */
export const INSTRUMENT = 'BINANCE-FUTURES:PERPETUAL:BTC-USDT';

/** Trades of partitions that are only there to be passed over. */
const OTHER_TRADES = 200;

const CANDLES = 1440;

/** Writes a lake as the partitioner does, through its library, in all views. */
export async function makeLake(
  output: ObjectStore,
  layout: 'dash-code' | 'hive',
  { trades, instruments, days, listed }: LakeSize,
): Promise<void> {
  const save = (set: PartitionSet) => saveAndUploadPartitions(set, { output, layout });
  const saveTrades = async (
    instrumentId: string,
    date: UtcDay,
    { seed, rows }: { seed: number; rows: number },
  ) =>
    save(
      await partitionExecutionData(madeTrades({ seed, rows, day: date }), {
        ...{ date, instrumentId, dataType: 'trades' },
      }),
    );
  const saveCandles = async (instrumentId: string, date: UtcDay, seed: number) => {
    const batches: readonly RecordBatch[] = [madeCandles({ seed, rows: CANDLES, day: date })];
    await save(await partitionMlData(batches, { date, instrumentId, dataType: 'ohlcv_1m' }));
  };
  await saveTrades(INSTRUMENT, DAY, { seed: 1, rows: trades });
  for (let day = 0; day < days; day++) {
    const date = addDays(DAY, day);
    for (let i = 0; i < instruments; i++) {
      const id = instrumentName(i);
      const seed = 2 + day * instruments + i;
      if (day > 0 || i > 0) await saveTrades(id, date, { seed, rows: OTHER_TRADES });
      await saveCandles(id, date, seed);
    }
    await save(await partitionAvailabilityData([madeInstruments(listed)], { date }));
  }
}

/** The first is the one that is read. */
function instrumentName(i: number): string {
  if (i === 0) return INSTRUMENT;
  const venue = ['BINANCE-FUTURES', 'BYBIT', 'OKX'][i % 3] as string;
  return `${venue}:PERPETUAL:C${i}-USDT`;
}
