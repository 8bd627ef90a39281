import { manifestDigest } from '@ticklake/manifest';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { listPartitions } from '../partitions/list-partitions.js';
import { partitionAvailabilityData, partitionExecutionData } from '../partition-data.js';
import { openTier } from '../reader/open-tier.js';
import { saveAndUploadPartitions } from '../save-partitions.js';
import { ARENA, batchOf, NOON, suiteDirectory } from '../testing/context.js';
import { verifyPartition } from './verify-partition.js';

const scratchDirectory = suiteDirectory();
const DAYS = ['2023-05-23', '2023-05-24'];
const BTC = 'binance:SPOT_PAIR:BTC-USDT';
type Copies = 'all' | 'primary';

/** Two days of trades, and the instruments of one. */
async function publish(copies: Copies): Promise<ObjectStore> {
  const output = memoryStore();
  const options = { output, scratchDirectory, clock: NOON, copies };
  for (const date of DAYS) {
    const batch = batchOf({ timestamp: [1n, 2n], price: [Number(date.slice(-2)), 2] });
    const set = await partitionExecutionData([batch], { date, instrumentId: BTC, dataType: 'trades' });
    await saveAndUploadPartitions(set, options);
  }
  const rows = {
    ...{ instrument_id: [BTC, 'deribit:Perp:BTC-USD'], venue: ['binance', 'deribit'] },
    ...{ instrument_type: ['spot', 'perpetual'], available_from: DAYS, available_to: DAYS },
  };
  const set = await partitionAvailabilityData([batchOf(rows)], { date: DAYS[0] ?? '' });
  await saveAndUploadPartitions(set, options);
  return output;
}

/** What is found in a lake, as severity and check, by day of ticks or `instruments`. */
async function verify(output: ObjectStore): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  for (const tier of ['execution', 'availability'] as const) {
    const { store, layout } = await openTier(output, tier, { root: undefined, openMoved: () => output });
    const tools = { store, layout, arena: ARENA, signal: new AbortController().signal };
    for await (const listed of listPartitions(store, layout)) {
      const { findings } = await verifyPartition(listed, tools);
      const name = tier === 'availability' ? 'instruments' : listed.names.day;
      if (findings.length > 0) found[name] = findings.map(({ severity, check }) => `${severity} ${check}`);
    }
  }
  return found;
}

const at = (view: string, day: string) => `execution_data/${view}/year-2023/month-05/day-${day}`;
const LEAF = 'venue-binance/instrument-binance%3ASPOT_PAIR%3ABTC-USDT';
const DATA = `${at('by_date', '23')}/${LEAF}/trades.parquet`;
const OTHER = `${at('by_date', '24')}/${LEAF}/trades.parquet`;
const MANIFEST = `${at('by_date', '23')}/${LEAF}/_trades.json`;
const COPY = `${at('by_type/type-spot', '23')}/${LEAF}/trades.parquet`;
const REFERENCE = `${COPY}.ref.json`;
const INSTRUMENTS = 'instrument_availability/by_date/year-2023/month-05/day-23';
const VENUE =
  'instrument_availability/by_venue/venue-deribit/year-2023/month-05/day-23/venue_availability.parquet';

/** Changes one bit in the middle of an object. */
async function flip(store: ObjectStore, key: string): Promise<void> {
  const bytes = (await store.get(key)).bytes.slice();
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await store.put(key, bytes);
}

async function edit(store: ObjectStore, key: string, change: (document: Record<string, unknown>) => object) {
  const document = JSON.parse(Buffer.from((await store.get(key)).bytes).toString('utf8')) as Record<
    string,
    unknown
  >;
  await store.put(key, Buffer.from(JSON.stringify(change(document))));
}

async function move(store: ObjectStore, from: string, to: string): Promise<void> {
  await store.put(to, (await store.get(from)).bytes);
}

interface Harm {
  readonly what: string;
  readonly copies?: Copies;
  do(store: ObjectStore): Promise<unknown>;
  /** By partition. */
  readonly found: Readonly<Record<string, readonly string[]>>;
}

const HARMS: readonly Harm[] = [
  {
    what: 'a bit of a data object',
    do: (store) => flip(store, DATA),
    found: { '2023-05-23': ['error DATA_MISMATCH'] },
  },
  {
    what: 'a data object that is gone',
    do: (store) => store.delete(DATA),
    found: { '2023-05-23': ['error DATA_MISMATCH'] },
  },
  {
    what: 'the data object of another day',
    do: (store) => move(store, OTHER, DATA),
    found: { '2023-05-23': ['error DATA_MISMATCH'] },
  },
  {
    what: 'a bit of a copy',
    do: (store) => flip(store, COPY),
    found: { '2023-05-23': [expect.stringMatching(/^error /)] },
  },
  { what: 'a copy that is gone', do: (store) => store.delete(COPY), found: { '2023-05-23': ['error copy'] } },
  {
    what: 'the copy of another day',
    do: (store) => move(store, COPY.replace('day-23', 'day-24'), COPY),
    found: { '2023-05-23': [expect.stringMatching(/^error /), 'error copy'] },
  },
  {
    what: 'a bit of a copy of instruments',
    do: (store) => flip(store, VENUE),
    found: { instruments: [expect.stringMatching(/^error /)] },
  },
  {
    what: 'a copy of instruments that is gone',
    do: (store) => store.delete(VENUE),
    found: { instruments: ['error copy'] },
  },
  {
    what: 'a reference that is gone',
    copies: 'primary',
    do: (store) => store.delete(REFERENCE),
    found: { '2023-05-23': ['error reference'] },
  },
  {
    what: 'a reference to another day',
    copies: 'primary',
    do: (store) => move(store, REFERENCE.replace('day-23', 'day-24'), REFERENCE),
    found: { '2023-05-23': ['error reference'] },
  },
  {
    what: 'a reference to instruments that is gone',
    copies: 'primary',
    do: (store) => store.delete(`${VENUE}.ref.json`),
    found: { instruments: ['error reference'] },
  },
  {
    what: 'a key of a manifest',
    do: (store) => edit(store, MANIFEST, (manifest) => ({ ...manifest, writer: 'somebody else' })),
    found: { '2023-05-23': ['error manifest_sha256'] },
  },
  {
    what: 'a key that is new in a manifest',
    do: (store) => edit(store, MANIFEST, (manifest) => ({ ...manifest, note: 'new' })),
    found: { '2023-05-23': ['error manifest_sha256'] },
  },
  {
    what: 'a manifest that leaves a view out, and hashes to what it says',
    do: (store) =>
      edit(store, MANIFEST, ({ copies, ...rest }) => {
        const manifest = { ...rest, copies: (copies as unknown[]).slice(1) };
        return { ...manifest, manifest_sha256: manifestDigest(manifest) };
      }),
    found: { '2023-05-23': ['error copies'] },
  },
  {
    what: 'a manifest that is no JSON',
    do: (store) => store.put(MANIFEST, Buffer.from('{')),
    found: { '2023-05-23': ['error MANIFEST'] },
  },
  {
    what: 'a manifest of another day, with its rows',
    do: async (store) => {
      await move(store, OTHER, DATA);
      await move(store, MANIFEST.replace('day-23', 'day-24'), MANIFEST);
    },
    found: { '2023-05-23': ['error names', ...Array.from({ length: 3 }, () => 'error copies')] },
  },
  {
    what: 'rows without a manifest',
    do: (store) => store.delete(MANIFEST),
    found: { '2023-05-23': ['warning manifest'] },
  },
  {
    what: 'instruments without a manifest',
    do: (store) => store.delete(`${INSTRUMENTS}/_available_instruments.json`),
    found: { instruments: ['warning manifest'] },
  },
];

it.each(HARMS)('finds $what, and nothing else', async ({ copies = 'all', do: harm, found }) => {
  const store = await publish(copies);
  expect(await verify(store)).toEqual({});
  await harm(store);
  expect(await verify(store)).toEqual(found);
});

it('finds a data object that is not what its manifest says where the same bytes are kept', async () => {
  const store = await publish('all');
  const batch = batchOf({ timestamp: [7n], price: [7] });
  const set = await partitionExecutionData([batch], {
    date: DAYS[0] ?? '',
    instrumentId: BTC,
    dataType: 'trades',
  });
  await saveAndUploadPartitions(set, { output: store, scratchDirectory, clock: NOON });
  expect(await verify(store)).toEqual({});
  await flip(store, DATA);
  expect(await verify(store)).toEqual({ '2023-05-23': ['error data'] });
});
