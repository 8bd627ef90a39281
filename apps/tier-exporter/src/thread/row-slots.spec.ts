import { gzipSync } from 'node:zlib';
import type { ShreddedRows } from '@ticklake/jsonl';
import { entryText, hourBytes } from '../testing/archive.js';
import { TIER3_SCHEMA } from '../tiers/tier3/columns.js';
import { createEntryReader } from '../tiers/tier3/read-entries.js';
import { createUnpacker, packRows } from './row-slots.js';

const NOTHING = new SharedArrayBuffer(0);
const unpack = createUnpacker(TIER3_SCHEMA);

/** The rows of each batch of an hour, by what is done with them while they hold. */
async function batchesOf<T>(hour: Uint8Array, see: (rows: ShreddedRows) => T): Promise<T[]> {
  const seen: T[] = [];
  const reader = createEntryReader({ allowIncomplete: false, rowGroupRows: 512 });
  for await (const rows of reader.read(hour)) seen.push(see(rows));
  return seen;
}

const prices = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ts: '2026-01-15T00:10:11.000001Z',
    mid: i / 8,
    bid: i % 3 ? i : null,
  }));
const lines = Array.from({ length: 70 }, (_, i) =>
  entryText(`S${i}`, {
    spot_prices: i % 7 === 0 ? [] : prices(i),
    spot_raw: i % 5 === 0 ? null : { mid: i },
    flags: { spot_data_ok: i % 2 === 0 },
    twitter_sentiment_windows: i % 3 === 0 ? { last_cycle: { tag_counts: { '#a': i, '#b': null } } } : {},
    ...(i % 11 === 0 ? { novel: [i] } : {}),
  }),
);

it('rows are what they were when they come out of memory that threads share', async () => {
  const [first, second] = await batchesOf(hourBytes(...lines), (rows) => {
    const packed = packRows(rows, NOTHING);
    expect(structuredClone(unpack(structuredClone(packed)))).toEqual(structuredClone(rows));
    return packed;
  });
  expect([first?.rowCount, second?.rowCount]).toEqual([64, 6]);
});

it('memory that suffices is used again, and more is taken where it does not', async () => {
  const [large] = await batchesOf(hourBytes(...lines), (rows) => packRows(rows, NOTHING));
  const small = gzipSync(`${entryText('A')}\n`);
  const [kept] = await batchesOf(small, (rows) => packRows(rows, large!.memory));
  expect(kept?.memory).toBe(large?.memory);
  const [more] = await batchesOf(hourBytes(...lines), (rows) => packRows(rows, new SharedArrayBuffer(100)));
  expect(more?.memory.byteLength).toBeGreaterThan(100);
});
