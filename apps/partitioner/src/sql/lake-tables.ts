import type { Arena, Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import { PARQUET_LIMITS } from '../limits.js';
import { listPartitions } from '../partitions/list-partitions.js';
import { partitionDataset } from '../partitions/manifest.js';
import type { OpenTier } from '../reader/open-tier.js';

/** The rows of a data type, for engines that read key=value paths. */
export interface LakeTable {
  /** Such as `execution_trades`. */
  readonly name: string;
  readonly dataType: string;
  /** Of files, without what their paths say. */
  readonly schema: Schema;
  /** What paths say, in their order. */
  readonly keys: readonly string[];
}

/**
 * The tables of a tier (AP-32): one for each data type that is published, since each has columns of its own.
 *
 * @throws LakeError `invalid` (`LAYOUT`) for a tier whose paths are not key=value: engines find no columns in them (C-43).
 */
export async function lakeTables({ store, layout }: OpenTier, arena: Arena): Promise<readonly LakeTable[]> {
  const { document } = layout;
  if (document.layout !== 'hive') {
    throw new LakeError('invalid', 'engines find no columns in the paths of a tier', {
      code: 'LAYOUT',
      details: { layout: document.layout, expected: 'hive' },
    });
  }
  const scheme = layout.market.get('by_date') ?? layout.availability.get('by_date');
  const keys = [...(scheme?.template ?? '').matchAll(/([a-z_]+)=\{/g)].map(([, key = '']) => key);
  const tables = new Map<string, LakeTable>();
  for await (const { names, path } of listPartitions(store, layout)) {
    const { dataType, tier } = names;
    if (tables.has(dataType)) continue;
    const published = await readPublished(partitionDataset(store, path));
    if (published === undefined) continue;
    const reader = await openParquet({ source: published.data, arena }, PARQUET_LIMITS);
    const fields = reader.schema.fields.filter(({ name }) => !keys.includes(name));
    reader.close();
    const name = tier === 'availability' ? dataType : `${tier}_${dataType}`;
    tables.set(dataType, { name, dataType, schema: { fields }, keys });
  }
  return [...tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
