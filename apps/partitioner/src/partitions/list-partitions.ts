import { parseInstrumentId } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import type { TierLayout } from '../layout/tier-layout.js';
import type { PartitionNames } from './partition-names.js';
import { dataPath } from './view-copies.js';

/** A partition that has rows, or a manifest, in the primary view. */
export interface ListedPartition {
  readonly names: PartitionNames;
  /** In the primary view, from the root of the tier. */
  readonly path: string;
}

/** All partitions of a tier, in byte order of path, by listing the primary view. Whether they are published their manifests say. */
export async function* listPartitions(
  store: ObjectStore,
  layout: TierLayout,
): AsyncGenerator<ListedPartition> {
  for await (const { key } of store.list('by_date/')) {
    const path = dataPath(key);
    const names = path === undefined ? undefined : namesOfPath(path, layout);
    if (path !== undefined && names !== undefined) yield { names, path };
  }
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
