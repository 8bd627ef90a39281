import { memoryStore } from '@ticklake/storage';
import { recordStore } from '@ticklake/storage/testing';
import { partitionAvailabilityData } from '../partition-data.js';
import { openLake } from '../reader/open-lake.js';
import { saveAndUploadPartitions } from '../save-partitions.js';
import { batchOf, NOON, suiteDirectory } from '../testing/context.js';
import { openAvailability } from './availability-index.js';

const scratchDirectory = suiteDirectory();
const BTC = 'BINANCE:SPOT_PAIR:BTC-USDT';
const PERPETUAL = 'DERIBIT:PERPETUAL:BTC-USD';
const CALL = 'DERIBIT:OPTION:BTC-USD-230525-27000-CALL';

/** What was known on three days: the option expired on the second and is gone on the third, when a perpetual is there. */
const KNOWN: Readonly<
  Record<string, readonly (readonly [id: string, type: string, from: string, to: string])[]>
> = {
  '2023-05-23': [
    [BTC, 'spot', '2019-11-17', '2099-12-31'],
    [CALL, 'Option', '2023-05-20', '2023-05-25'],
  ],
  '2023-05-28': [
    [BTC, 'spot', '2019-11-17', '2099-12-31'],
    [PERPETUAL, 'Perp', '2023-05-27', '2099-12-31'],
  ],
};

async function setUp(days: { readonly from?: string; readonly to?: string } = {}) {
  const { store, operations } = recordStore(memoryStore());
  for (const [date, rows] of Object.entries(KNOWN)) {
    const batch = batchOf({
      instrument_id: rows.map(([id]) => id),
      venue: rows.map(([id]) => id.split(':')[0] ?? ''),
      instrument_type: rows.map(([, type]) => type),
      available_from: rows.map(([, , from]) => from),
      available_to: rows.map(([, , , to]) => to),
    });
    const set = await partitionAvailabilityData([batch], { date });
    await saveAndUploadPartitions(set, { output: store, scratchDirectory, clock: NOON });
  }
  return { operations, index: await openAvailability(openLake(store), days) };
}

const ids = (rows: readonly { readonly instrument_id: string }[]) =>
  rows.map(({ instrument_id }) => instrument_id);

describe('availableOn', () => {
  it.each<[day: string, why: string, expected: readonly string[]]>([
    ['2023-05-19', 'before the first publication by that, and before an option is listed', [BTC]],
    ['2023-05-23', 'by the publication of the day', [BTC, CALL]],
    ['20230525', 'on the last day of an option, which counts', [BTC, CALL]],
    ['2023-05-26', 'on the day after, by what was published last', [BTC]],
    ['2023-05-27', 'by nothing that became known later', [BTC]],
    ['2023-05-28', 'by the next publication', [BTC, PERPETUAL]],
    ['2024-01-01', 'after the last publication by that', [BTC, PERPETUAL]],
    ['2019-11-16', 'on a day before everything', []],
  ])('%s: %s', async (day, _, expected) => {
    const { index } = await setUp();
    expect(ids(index.availableOn(day))).toEqual(expected);
  });

  it('takes a venue in any case, and a type in any spelling', async () => {
    const { index } = await setUp();
    expect(ids(index.availableOn('2023-05-23', { venue: 'deribit' }))).toEqual([CALL]);
    for (const instrumentType of ['spot', 'SPOT_PAIR'])
      expect(ids(index.availableOn('2023-05-28', { instrumentType }))).toEqual([BTC]);
    expect(ids(index.availableOn('2023-05-28', { venue: 'binance', instrumentType: 'perp' }))).toEqual([]);
  });

  it.each(['2023-02-30', 'today'])('refuses %s', async (day) => {
    const { index } = await setUp();
    expect(() => index.availableOn(day)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});

it('the instruments of a day are those that were published of it', async () => {
  const { index } = await setUp();
  expect(index.days).toEqual(['2023-05-23', '2023-05-28']);
  expect(ids(index.on('2023-05-28'))).toEqual([BTC, PERPETUAL]);
  expect(index.on('2023-05-27')).toEqual([]);
});

it('asking reads nothing (RD-14)', async () => {
  const { index, operations } = await setUp();
  const before = operations.length;
  for (const day of ['2023-05-23', '2023-05-27']) index.availableOn(day, { venue: 'binance' });
  expect(operations).toHaveLength(before);
});

it('has only the days that it was opened for', async () => {
  const { index } = await setUp({ from: '2023-05-24', to: '2023-05-30' });
  expect(index.days).toEqual(['2023-05-28']);
});
