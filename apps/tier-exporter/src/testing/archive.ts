import { gzipSync } from 'node:zlib';
import { compactDay, parseUtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';

/** The day that specs export. */
export const DAY = parseUtcDay('2026-01-15');

/** A small entry; `members` are added to it or take the place of its own. */
export function entryText(symbol: string, members: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    symbol,
    snapshot_ts: '2026-01-15T00:10:00.125Z',
    meta: { schema_version: 7, added_ts: '2026-01-15T00:10:01.000250Z', duration_sec: 7210.5 },
    spot_raw: { mid: 1.5, bid: 1.25 },
    norm: {},
    spot_prices: [{ ts: '2026-01-15T00:10:11.000001+00:00', mid: 1.5 }],
    ...members,
  });
}

/** The bytes of an hour of these lines. */
export function hourBytes(...lines: readonly string[]): Buffer {
  return gzipSync(lines.map((line) => `${line}\n`).join(''));
}

/** Puts an hour, whatever is there. */
export async function putHour(store: ObjectStore, hour: number, bytes: Uint8Array, day = DAY): Promise<void> {
  await store.put(`${compactDay(day)}/${String(hour).padStart(2, '0')}.jsonl.gz`, bytes);
}

/** Fills all hours of a day with two entries each, named by hour and line; those in `except` are left out. */
export async function fillDay(
  store: ObjectStore,
  { day = DAY, except = [] as readonly number[] } = {},
): Promise<void> {
  for (let hour = 0; hour < 24; hour++) {
    if (!except.includes(hour))
      await putHour(store, hour, hourBytes(entryText(`H${hour}A`), entryText(`H${hour}B`)), day);
  }
}
