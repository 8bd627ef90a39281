import type { ObjectStore } from '@ticklake/storage';
import { metaSchema, STATE_KEY, stateSchema, type Meta, type State } from '../documents.js';
import { emptyStore, putSpool, type SpoolRow } from './spool.js';

/** The symbol directory of the layout with the day in the name. */
export const BBO = 'exchange=binance/stream=bbo/symbol=btcusdt/';
/** The symbol directory of the dated layout. */
export const TRADE = 'exchange=okx/stream=trade/symbol=ethusdt/';
/** The first millisecond of that day. */
export const DAY_MS = 1_770_076_800_000n; // 2026-02-03

/** `count` rows from `start` milliseconds into the day, `step` apart. */
export function rowsFrom(start: number, count: number, step = 10): SpoolRow[] {
  return Array.from({ length: count }, (_, i) => [
    DAY_MS + BigInt(start + i * step),
    100 + i / 4,
    i % 5 === 0 ? null : `S${i % 3}`,
  ]);
}

/** Three files that overlap, the last without a row. */
export const BBO_FILES = {
  '2026-02-03_10-00-00.parquet': rowsFrom(0, 130),
  '2026-02-03_10-01-00.parquet': rowsFrom(1000, 90),
  '2026-02-03_10-02-00.parquet': [] as SpoolRow[],
};
/** Two files with the same rows, for ties throughout. */
export const TRADE_FILES = {
  'part-1770110000-000000.parquet': rowsFrom(5, 40, 3),
  'part-1770110060-000001.parquet': rowsFrom(5, 40, 3),
};

async function putFiles(raw: ObjectStore, directory: string, files: Record<string, readonly SpoolRow[]>) {
  for (const [name, rows] of Object.entries(files)) await putSpool(raw, directory + name, rows);
}

/** A spool with {@link BBO_FILES} and {@link TRADE_FILES}, and an empty lake. */
export async function spool() {
  const stores = { raw: emptyStore(), compact: emptyStore() };
  await putFiles(stores.raw, BBO, BBO_FILES);
  await putFiles(stores.raw, `${TRADE}date=20260203/`, TRADE_FILES);
  return stores;
}

/** The manifest of a published partition. */
export async function readMeta(compactStore: ObjectStore, directory: string): Promise<Meta> {
  const { bytes } = await compactStore.get(`${directory}meta.json`);
  return metaSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/** The state document. */
export async function readStateOf(compactStore: ObjectStore): Promise<State> {
  const { bytes } = await compactStore.get(STATE_KEY);
  return stateSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}
