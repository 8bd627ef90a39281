import { parseInstrumentId } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import type { TierLayout } from '../layout/tier-layout.js';
import { dataNameOf } from './manifest.js';
import type { PartitionNames } from './partition-names.js';
import { dataPath } from './view-copies.js';

/** A partition that has rows, or a manifest, in the primary view. */
export interface ListedPartition {
  readonly names: PartitionNames;
  /** In the primary view, from the root of the tier. */
  readonly path: string;
  /** Whether a manifest is there. Without one, rows are of nobody: a run that died left them. */
  readonly hasManifest: boolean;
}

/**
 * All partitions of a tier, in byte order of path, by listing the primary view. A manifest without rows is listed too, so that rows that were
 * lost are missed.
 */
export async function* listPartitions(
  store: ObjectStore,
  layout: TierLayout,
): AsyncGenerator<ListedPartition> {
  let directory = '';
  let names: string[] = [];
  for await (const { key } of store.list('by_date/')) {
    const end = key.lastIndexOf('/') + 1;
    if (key.slice(0, end) !== directory) {
      yield* partitionsIn(directory, names, layout);
      [directory, names] = [key.slice(0, end), []];
    }
    names.push(key.slice(end));
  }
  yield* partitionsIn(directory, names, layout);
}

function partitionsIn(
  directory: string,
  objects: readonly string[],
  layout: TierLayout,
): readonly ListedPartition[] {
  const manifests = new Set(objects.flatMap((name) => dataNameOf(name) ?? []));
  const paths = new Set([
    ...[...manifests].map((name) => directory + name),
    ...objects.flatMap((name) => dataPath(directory + name) ?? []),
  ]);
  return [...paths].sort().flatMap((path) => {
    const names = namesOfPath(path, layout);
    const hasManifest = manifests.has(path.slice(directory.length));
    return names === undefined ? [] : [{ names, path, hasManifest }];
  });
}

/** What a path of the primary view says; `undefined` for one of another spelling. */
export function namesOfPath(
  path: string,
  { document, market, availability }: TierLayout,
): PartitionNames | undefined {
  const { tier } = document;
  if (tier === 'availability') {
    const partition = availability.get('by_date')?.parse(path);
    const none = { venue: undefined, instrument: undefined, timeframe: undefined };
    return partition && { tier, dataType: 'available_instruments', day: partition.day, ...none };
  }
  const partition = market.get('by_date')?.parse(path);
  if (partition === undefined) return undefined;
  const { day, instrument, dataType, timeframe } = partition;
  return { tier, dataType, day, instrument, timeframe, venue: parseInstrumentId(instrument).venue };
}
