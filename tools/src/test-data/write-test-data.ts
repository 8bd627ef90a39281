import { parseUtcDay } from '@ticklake/core';
import { withPrefix, type ObjectStore } from '@ticklake/storage';
import { generateSpool } from '../spool/generate-spool.js';
import { damages } from './damage.js';

/** What {@link writeTestData} makes; anything else in `test-data/` is not its. */
export const TEST_DATA_FOLDERS = ['spool', 'spool-dated', 'spool-corrupt'] as const;

/**
 * Everything below `test-data/`, made anew: a spool in either grammar, and a spool in which every symbol but
 * `good` holds one file damaged in the way that the symbol's name says.
 */
export async function writeTestData(store: ObjectStore): Promise<void> {
  await generateSpool({
    store: withPrefix(store, 'spool/'),
    seed: 20260203,
    layout: 'flat',
    exchange: 'binance',
    streams: ['bbo', 'trade', 'funding'],
    symbols: ['BTCUSDT', 'ETHUSDT'],
    days: ['2026-02-03', '2026-02-04'].map(parseUtcDay),
    filesPerDay: 6,
    rowsPerFile: 40,
  });
  await generateSpool({
    store: withPrefix(store, 'spool-dated/'),
    seed: 20260204,
    layout: 'dated',
    exchange: 'okx',
    streams: ['mark_price', 'open_interest'],
    symbols: ['SOLUSDT'],
    days: ['2026-02-03', '2026-02-04'].map(parseUtcDay),
    filesPerDay: 4,
    rowsPerFile: 40,
  });
  await writeDamaged(withPrefix(store, 'spool-corrupt/'));
}

async function writeDamaged(store: ObjectStore): Promise<void> {
  await generateSpool({
    store,
    seed: 20260205,
    layout: 'flat',
    exchange: 'bybit',
    streams: ['bbo'],
    symbols: ['GOOD'],
    days: [parseUtcDay('2026-02-03')],
    filesPerDay: 2,
    rowsPerFile: 60,
  });
  const folder = 'exchange=bybit/stream=bbo/symbol=';
  const { objects } = await store.children(`${folder}good/`);
  const [first, second] = objects;
  if (first === undefined || second === undefined) throw new Error('no good files to damage');
  const good = (await store.get(first.key)).bytes;
  const other = (await store.get(second.key)).bytes;
  for (const [name, damage] of Object.entries(damages)) {
    const key = first.key.replace(`${folder}good/`, `${folder}${name}/`);
    await store.put(key, damage(good, other), { onlyIf: 'absent' });
  }
}
