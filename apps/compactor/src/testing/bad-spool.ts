import { parseUtcDay } from '@ticklake/core';
import { readQuarantine, type JobEvent } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import { partitionDirectory, quarantineDirectory } from '../partition-key.js';

const DAY = parseUtcDay('20260203');

/** The run's day in these specs; the spool files are of the day before. */
export const TODAY = '2026-02-04';

/** The partition of `symbol`. */
export const keyOf = (symbol: string) => ({ exchange: 'binance', stream: 'bbo', symbol, day: DAY });

/** A spool file of `symbol`. */
export const spoolKey = (symbol: string, second: number) =>
  `exchange=binance/stream=bbo/symbol=${symbol}/2026-02-03_10-00-${String(second).padStart(2, '0')}.parquet`;

/** The codes of the files of `symbol` that were put away. */
export async function codesOf(store: ObjectStore, symbol: string): Promise<(string | undefined)[]> {
  const record = await readQuarantine(store, quarantineDirectory(keyOf(symbol)));
  return (record?.errors ?? []).map(({ type }) => type);
}

/** Whether the partition of `symbol` is there for its readers. */
export async function isPublished(store: ObjectStore, symbol: string): Promise<boolean> {
  return (await store.head(`${partitionDirectory(keyOf(symbol))}meta.json`)) !== undefined;
}

/** What tasks of a run failed with. */
export function failuresOf({ events }: { readonly events: readonly JobEvent[] }): Error[] {
  return events.flatMap((event) => (event.type === 'failed' ? [event.error] : []));
}
