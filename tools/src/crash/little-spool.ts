import { parseUtcDay, type UtcDay } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { generateSpool } from '../spool/generate-spool.js';
import type { Party } from './world.js';

/** The day that most scenarios are about: yesterday. */
export const DAY = parseUtcDay('2026-02-03');

/** Spool files by key, few and small. */
export type SpoolFiles = ReadonlyMap<string, Uint8Array>;

/** Which files. */
export interface LittleSpool {
  readonly symbol?: string;
  readonly day?: UtcDay;
  readonly files?: number;
  readonly seed?: number;
}

/** The files of one partition, in order of name: rows of a mark price, with ties and nulls. */
export async function littleSpool({
  symbol = 'BTCUSDT',
  day = DAY,
  files = 2,
  seed = 1,
}: LittleSpool = {}): Promise<SpoolFiles> {
  const store = memoryStore();
  await generateSpool({
    ...{ store, seed, layout: 'flat', exchange: 'binance' },
    ...{ streams: ['mark_price'], symbols: [symbol], days: [day], filesPerDay: files, rowsPerFile: 9 },
  });
  const found = new Map<string, Uint8Array>();
  for await (const { key } of store.list('')) found.set(key, (await store.get(key)).bytes);
  return found;
}

/** Puts spool files, as a collector does: it writes beside and renames. */
export async function arrive({ raw }: Party, files: SpoolFiles): Promise<void> {
  for (const [key, bytes] of files) await raw.put(key, bytes);
}

/** Files number `from` to `to - 1` of `files`, in order of name. */
export function some(files: SpoolFiles, from: number, to?: number): SpoolFiles {
  return new Map([...files].slice(from, to));
}

/** A file as a full disk leaves it: its first half. */
export function truncated(files: SpoolFiles): SpoolFiles {
  return new Map([...files].map(([key, bytes]) => [key, bytes.slice(0, bytes.length >> 1)]));
}
