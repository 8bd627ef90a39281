import { LakeError } from '@ticklake/core';
import { readDocument } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import type { DatasetEntry } from '../documents/metadata.js';
import { partitionManifestSchema, type PartitionManifest } from '../partitions/manifest.js';
import { periodOfPath } from '../partitions/partition-paths.js';

/** A dataset of bars that is about to be published, and what the metadata says of it. */
export interface OriginTarget {
  readonly store: ObjectStore;
  /** Such as `klines/binance_BTCUSDT_5m`. */
  readonly path: string;
  readonly recorded: DatasetEntry | undefined;
}

/**
 * Bars that were derived are not mixed with those of sources: sources take their place only where they are told to, and have every day
 * of them. What a run that died left without a word in the metadata counts too.
 *
 * @throws LakeError `conflict` (`DERIVED`).
 */
export async function requireConvertible(
  { store, path, recorded }: OriginTarget,
  { force, days }: { readonly force: boolean; readonly days: ReadonlySet<string> },
): Promise<void> {
  const converted = recorded === undefined || recorded.derived_from !== undefined ? [] : recorded.partitions;
  const known = new Set(converted.map((partition) => partition.path));
  const derived: string[] = [];
  for await (const partition of publishedBelow(store, path, known))
    if (partition.manifest.derived_from !== undefined) derived.push(partition.path);
  const [first] = force ? derived.filter((one) => !days.has(periodOfPath(one) ?? '')) : derived;
  if (first === undefined) return;
  const message = force
    ? 'bars that were derived would stay between those of the sources, which lack a day of them'
    : 'bars of this timeframe were derived from shorter ones, and are not replaced unasked';
  throw new LakeError('conflict', message, { code: 'DERIVED', details: { dataset: path, partition: first } });
}

/**
 * Bars that have sources of their own, or were derived from others, are not replaced by bars derived from `from`.
 *
 * @throws LakeError `conflict` (`NOT_DERIVED`).
 */
export async function requireDerivable(
  { store, path, recorded }: OriginTarget,
  { from }: { readonly from: string },
): Promise<void> {
  if (recorded !== undefined && recorded.derived_from?.dataset !== from)
    throw notDerived(path, recorded.derived_from?.dataset, from);
  for await (const { manifest } of publishedBelow(store, path, new Set())) {
    const origin = manifest.derived_from?.dataset;
    if (origin !== from) throw notDerived(path, origin, from);
  }
}

function notDerived(dataset: string, origin: string | undefined, from: string): LakeError {
  return new LakeError('conflict', 'bars are there already that were not derived from these', {
    code: 'NOT_DERIVED',
    details: { dataset, origin: origin ?? 'sources of its own', from },
  });
}

/** Manifests below a dataset's folder, in whatever state their data is; those of `known` partitions are passed over. */
async function* publishedBelow(
  store: ObjectStore,
  path: string,
  known: ReadonlySet<string>,
): AsyncGenerator<{ readonly path: string; readonly manifest: PartitionManifest }> {
  for await (const { key } of store.list(`${path}/`)) {
    const directory = key.slice(0, key.lastIndexOf('/') + 1);
    if (!key.endsWith('/_manifest.json') || known.has(directory)) continue;
    const manifest = await readDocument(store, key, partitionManifestSchema);
    if (manifest !== undefined) yield { path: directory, manifest };
  }
}
