import { readdirSync } from 'node:fs';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { crashingStore } from '@ticklake/storage/testing';
import { partitionAvailabilityData } from './partition-data.js';
import { redirectLayout } from './layout/layout-document.js';
import { openTier } from './reader/open-tier.js';
import { relayout } from './relayout/relayout.js';
import { openRun, tierStore } from './run-context.js';
import { saveAndUploadPartitions } from './save-partitions.js';
import { batchOf, NOON, suiteDirectory } from './testing/context.js';
import {
  copyOf,
  keysOf,
  partition,
  processOf,
  seenThroughViews,
  storeOf,
  targetOf,
  tradesCsv,
} from './testing/small-lake.js';

const scratch = suiteDirectory();
const DAY = '2023-05-23';
const EARLY = {
  'a_trades.csv': tradesCsv(DAY, [
    ['BTCUSDT', 1, 10],
    ['BTCUSDT', 3, 30],
  ]),
};
const LATE = { 'b_trades.csv': tradesCsv(DAY, [['BTCUSDT', 2, 20]]) };

/** Instruments of a day, by id. */
async function saveInstruments(
  output: ObjectStore,
  ids: readonly string[],
  options: { readonly copies?: 'all' | 'primary'; readonly overwrite?: boolean } = {},
) {
  const batch = batchOf({
    instrument_id: ids,
    venue: ids.map((id) => id.split(':')[0] as string),
    instrument_type: ids.map((id) => id.split(':')[1] as string),
    available_from: ids.map(() => DAY),
    available_to: ids.map(() => '2025-10-22'),
  });
  const set = await partitionAvailabilityData([batch], { date: DAY });
  await saveAndUploadPartitions(set, { output, scratchDirectory: scratch, clock: NOON, ...options });
}

const BTC = 'BINANCE:SPOT_PAIR:BTC-USDT';
const PERPETUAL = 'DERIBIT:PERPETUAL:BTC-USD';
const ETH = 'BINANCE:SPOT_PAIR:ETH-USDT';

/** What dies, and what was there before. */
interface Dying {
  readonly of: string;
  readonly tier?: 'availability';
  before?(output: ObjectStore): Promise<unknown>;
  run(output: ObjectStore): Promise<unknown>;
}

const early = async (output: ObjectStore) => partition(await storeOf(EARLY), output, { scratch });

describe.each<Dying>([
  { of: 'a first publication', run: early },
  {
    of: 'a first publication with references',
    run: async (output) => partition(await storeOf(EARLY), output, { scratch, copies: 'primary' }),
  },
  {
    of: 'the merge of a late source',
    before: early,
    run: async (output) => partition(await storeOf(LATE), output, { scratch }),
  },
  {
    of: 'an overwriting run',
    before: early,
    run: async (output) => partition(await storeOf(LATE), output, { scratch, overwrite: true }),
  },
  {
    of: 'a first publication of instruments',
    tier: 'availability',
    run: (output) => saveInstruments(output, [BTC, PERPETUAL]),
  },
  {
    of: 'the merge of instruments',
    tier: 'availability',
    before: (output) => saveInstruments(output, [BTC]),
    run: (output) => saveInstruments(output, [ETH]),
  },
])('$of that dies at any operation of its store', ({ tier: given, before, run }) => {
  const tier = given ?? 'execution';
  it.each<'before' | 'after'>(['before', 'after'])(
    '%s it takes effect: every view is as it was or as it is to be, and the next run ends the same',
    async (when) => {
      const start = memoryStore();
      await before?.(start);
      const old = await seenThroughViews(start, tier);
      const reference = await copyOf(start);
      await run(reference);
      const wanted = await seenThroughViews(reference, tier);
      const state = await stateOf(reference);
      let failAt = 1;
      for (; ; failAt++) {
        const output = await copyOf(start);
        const crashing = crashingStore(output, failAt, when);
        await run(crashing).catch(() => undefined);
        expect(scratchFiles()).toEqual([]);
        const seen = await seenThroughViews(output, tier);
        expect([...[old, wanted].map(textOf)]).toContain(textOf(seen));
        if (!crashing.crashed) break;
        await run(output);
        expect(textOf(await seenThroughViews(output, tier))).toBe(textOf(wanted));
        expect(await stateOf(output)).toEqual(state);
      }
      expect(failAt).toBeGreaterThan(10);
    },
  );
});

/** Views of new venues and types are there with the partition that has them, and not before. */
function textOf(seen: ReadonlyMap<string, readonly string[]>): string {
  return JSON.stringify([...seen].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Unfinished files; that this process has the folder is no file of a run. */
function scratchFiles(): readonly string[] {
  return readdirSync(scratch, { recursive: true, encoding: 'utf8' });
}

/** Every object but for versions, which each store counts on its own, and what is kept of former generations. */
async function stateOf(output: ObjectStore): Promise<Readonly<Record<string, unknown>>> {
  const state: Record<string, unknown> = {};
  for (const key of await keysOf(output)) {
    if (key.endsWith('.kept')) continue;
    const { bytes } = await output.get(key);
    const text = Buffer.from(bytes).toString(key.endsWith('.json') ? 'utf8' : 'base64');
    if (!key.endsWith('.json')) state[key] = text;
    else {
      const {
        etag: _etag,
        manifest_sha256: _sha256,
        ...document
      } = JSON.parse(text) as Record<string, unknown>;
      state[key] = document;
    }
  }
  return state;
}

it.each(['before', 'after'] as const)(
  'a relayout that dies %s any operation leaves the old tier whole, and the next run ends the same',
  async (when) => {
    const source = memoryStore();
    await early(source);
    await partition(
      await storeOf({ 'c_trades.csv': tradesCsv('2023-05-24', [['BTCUSDT', 5, 50]]) }),
      source,
      { scratch },
    );
    const run = async (output: ObjectStore) => {
      const tier = await openTier(source, 'execution', { root: undefined, openMoved: () => source });
      const opened = await openRun(output, targetOf({ layout: 'hive', scratch }), processOf());
      const { failures, from, to, partitions } = await relayout(tier, opened);
      for (const failure of failures.values()) throw failure;
      expect([to, partitions]).toEqual([from, 2]);
    };
    const before = await stateOf(source);
    const reference = memoryStore();
    await run(reference);
    const wanted = await seenThroughViews(reference, 'execution');
    const state = await stateOf(reference);
    let failAt = 1;
    for (; ; failAt++) {
      const output = memoryStore();
      const crashing = crashingStore(output, failAt, when);
      await run(crashing).catch(() => undefined);
      expect(await stateOf(source)).toEqual(before);
      for (const [path, rows] of await seenThroughViews(output, 'execution')) {
        expect(rows).toEqual(wanted.get(path));
      }
      if (!crashing.crashed) break;
      await run(output);
      expect(await stateOf(output)).toEqual(state);
    }
    expect(failAt).toBeGreaterThan(20);
  },
);

it.each(['before', 'after'] as const)(
  'a redirection that dies %s any operation leaves readers in the old place or in the new one',
  async (when) => {
    const start = memoryStore();
    await early(start);
    const moved = memoryStore();
    await early(moved);
    const tierOf = (output: ObjectStore) =>
      openTier(output, 'execution', { root: 'execution_data', openMoved: () => withRoot(moved) });
    const { store: old } = await openTier(start, 'execution', { root: undefined, openMoved: () => start });
    const to = (await tierOf(moved)).store.url;
    for (let failAt = 1; ; failAt++) {
      const output = await copyOf(start);
      const crashing = crashingStore(output, failAt, when);
      const redirect = (store: ObjectStore) =>
        redirectLayout(withRoot(store), { tier: 'execution', url: to }, { clock: NOON });
      await redirect(crashing).catch(() => undefined);
      expect([old.url, to]).toContain((await tierOf(output)).store.url);
      if (!crashing.crashed) break;
      await redirect(output);
      expect((await tierOf(output)).store.url).toBe(to);
    }
  },
);

function withRoot(store: ObjectStore): ObjectStore {
  return tierStore(store, { tier: 'execution', layout: 'dash-code', root: undefined });
}
