import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { partitionAvailabilityData, partitionExecutionData } from './partition-data.js';
import { openLake } from './reader/open-lake.js';
import { saveAndUploadPartitions, type SaveOptions } from './save-partitions.js';
import { batchOf, NOON, suiteDirectory } from './testing/context.js';
import { rowsOf } from './testing/rows.js';

const scratchDirectory = suiteDirectory();
const DATE = '2023-05-23';
const BTC = 'binance:SPOT_PAIR:BTC-USDT';
const EARLY = batchOf({ timestamp: [1n, 2n], price: [1, 2] });
const LATE = batchOf({ timestamp: [3n, 4n, 5n], price: [3, 4, 5] });

async function save(output: ObjectStore, batch: typeof EARLY, more: Partial<SaveOptions> = {}) {
  const set = await partitionExecutionData([batch], { date: DATE, instrumentId: BTC, dataType: 'trades' });
  const [done] = await saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON, ...more });
  return done?.status;
}

const timesOf = (output: ObjectStore) =>
  rowsOf(openLake(output).readExecutionData({ date: DATE, instrumentId: BTC }), ['timestamp']);

/** Puts other bytes in the place of each data object of the primary view, and of what is kept of it. */
async function damage(output: ObjectStore) {
  for await (const { key, size } of output.list(''))
    if (/\/by_date\/.*\.(parquet|kept)$/.test(key)) await output.put(key, new Uint8Array(size));
}

describe('what is damaged', () => {
  it('is published again by the source that it was made of', async () => {
    const output = memoryStore();
    await save(output, EARLY);
    await damage(output);
    await expect(timesOf(output)).rejects.toMatchObject({ kind: 'corrupt', code: 'DATA_MISMATCH' });
    expect(await save(output, EARLY)).toBe('replaced');
    expect(await timesOf(output)).toEqual([[1n], [2n]]);
    expect(await save(output, EARLY)).toBe('unchanged');
  });

  it('is not published again without all of its sources, so that no row is lost unseen', async () => {
    const output = memoryStore();
    await save(output, EARLY);
    await save(output, LATE);
    expect(await timesOf(output)).toHaveLength(5);
    await damage(output);
    await expect(save(output, LATE)).rejects.toMatchObject({ kind: 'corrupt', code: 'DATA_MISMATCH' });
    expect(await save(output, LATE, { overwrite: true })).toBe('replaced');
    expect(await timesOf(output)).toEqual([[3n], [4n], [5n]]);
  });

  it('is published again where it is a day of instruments', async () => {
    const output = memoryStore();
    const rows = {
      ...{ instrument_id: [BTC], venue: ['binance'], instrument_type: ['spot'] },
      ...{ available_from: [DATE], available_to: ['2025-10-22'] },
    };
    const saveInstruments = async () => {
      const set = await partitionAvailabilityData([batchOf(rows)], { date: DATE });
      const [done] = await saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON });
      return done?.status;
    };
    await saveInstruments();
    await damage(output);
    expect(await saveInstruments()).toBe('replaced');
    expect(await rowsOf(openLake(output).readAvailabilityData({ date: DATE }), ['venue'])).toEqual([
      ['BINANCE'],
    ]);
  });
});
