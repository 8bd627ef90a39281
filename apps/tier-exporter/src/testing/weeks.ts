import { createHash } from 'node:crypto';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import type { WeekContext } from '../tiers/tier2/build-week.js';
import { ARENA, noonOf } from './context.js';
import { keysOf } from './exports.js';

/** In lower-case hexadecimal. */
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A store with the same objects, to be spoilt. */
export async function copyOf(store: ObjectStore): Promise<ObjectStore> {
  const copy = memoryStore();
  for (const key of await keysOf(store)) await copy.put(key, (await store.get(key)).bytes);
  return copy;
}

/** A build between stores in memory, on noon of 2026-01-16. */
export function weekContext(
  scratchDirectory: string,
  changes: Partial<WeekContext> & Pick<WeekContext, 'inputs'>,
): WeekContext {
  return {
    arena: ARENA,
    output: memoryStore(),
    bucket: undefined,
    overwrite: false,
    scratchDirectory,
    waitMs: 0,
    clock: noonOf('2026-01-16'),
    tool: 'tier-exporter test',
    signal: new AbortController().signal,
    onRows: () => undefined,
    ...changes,
  };
}

/** Changes the manifest of a day of an export. */
export async function changeManifest(
  store: ObjectStore,
  day: string,
  change: (manifest: Record<string, unknown>) => object,
): Promise<void> {
  const key = `${day}/manifest.json`;
  const manifest = JSON.parse(Buffer.from((await store.get(key)).bytes).toString()) as Record<
    string,
    unknown
  >;
  await store.put(key, Buffer.from(JSON.stringify({ ...manifest, ...change(manifest) })));
}

/** What a manifest of version 2.0 does not say. */
export const SILENT = { tier2_columns: undefined, tier2_content: undefined };

/** Another file for a day of an export, by a writer who says nothing of the columns of tier 2. */
export async function replaceDay(
  store: ObjectStore,
  day: string,
  { bytes, rowCount }: { readonly bytes: Uint8Array; readonly rowCount: number },
): Promise<void> {
  await store.put(`${day}/data.parquet`, bytes);
  await changeManifest(store, day, () => ({
    ...SILENT,
    ...{ parquet_sha256: sha256(bytes), parquet_size_bytes: bytes.length, row_count: rowCount },
  }));
}
