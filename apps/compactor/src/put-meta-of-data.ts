import { bytesSource, isLakeError, sha256Of } from '@ticklake/core';
import { parseStagedName, putManifest } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { metaSchema, type Meta } from './documents.js';
import { dayBounds, describeMeta, timeUnitOf } from './meta.js';
import { DATA_NAME, metaKey, partitionDirectory, type PartitionKey } from './partition-key.js';
import type { SelfDescribed } from './self-described.js';
import type { StoredMeta } from './stored-meta.js';
import type { CompactContext } from './compact-partition.js';

/**
 * Writes the `meta.json` that a data object proves; what stood there is kept as `meta-damaged-<16 digits of its sha256>.json`.
 * The generation is that of the newest staged copy, since generations only go up.
 *
 * @returns why nothing was written: which generation was published cannot be told, or somebody else wrote first.
 */
export async function putMetaOfData(
  key: PartitionKey,
  { data, old }: { readonly data: SelfDescribed; readonly old: StoredMeta },
  context: Pick<CompactContext, 'compact' | 'createdAt' | 'settings'>,
): Promise<string | undefined> {
  const { compact } = context;
  const directory = partitionDirectory(key);
  const newest = await newestStaged(compact, directory);
  if (old.meta === undefined && newest !== undefined && !data.facts.sha256.startsWith(newest.sha16)) {
    return `data.parquet is not the newest generation: ${newest.name} is, and nothing says whether that was published`;
  }
  if (old.found !== undefined) await keepDamaged(compact, directory, old.found.bytes);
  const manifest = metaOf(key, data, { generation: newest?.generation ?? 1, old: old.meta, context });
  const onlyIf = old.found === undefined ? ('absent' as const) : { etag: old.found.etag };
  const put = await putManifest(compact, metaKey(key), { schema: metaSchema, manifest, onlyIf });
  return put === undefined ? 'another run published meanwhile' : undefined;
}

interface MetaOrigin {
  readonly generation: number;
  /** What it takes the place of: it keeps what no data can prove. */
  readonly old: Meta | undefined;
  readonly context: Pick<CompactContext, 'createdAt' | 'settings'>;
}

function metaOf(
  key: PartitionKey,
  { facts, footer, schema, etag }: SelfDescribed,
  { generation, old, context: { createdAt, settings } }: MetaOrigin,
): Meta {
  const timeUnit = timeUnitOf(schema, settings.tsUnit) ?? old?.ts_unit ?? undefined;
  const bounds = timeUnit && dayBounds(key, timeUnit);
  const { orderMin: min, orderMax: max } = facts;
  const isInDay =
    bounds !== undefined && min !== undefined && max !== undefined && min >= bounds.start && max < bounds.end;
  const described = describeMeta({
    ...{ key, facts, schema, timeUnit, createdAt: old?.created_at ?? createdAt },
    place: { data: old?.data ?? DATA_NAME, generation: old?.generation ?? generation, etag },
    // Rows of other days are not counted again: where there are any, nobody knows how many.
    outOfDayRows: isInDay ? 0 : (old?.out_of_day_rows ?? undefined),
    receipt: footer.receipt,
    sources: footer.sources,
    writer: old?.writer ?? settings.createdBy,
  });
  return { ...old, ...described };
}

/** The staged copy of the highest generation in a directory. */
async function newestStaged(
  compact: ObjectStore,
  directory: string,
): Promise<{ readonly name: string; readonly generation: number; readonly sha16: string } | undefined> {
  const { objects } = await compact.children(directory);
  const staged = objects.flatMap(({ key }) => {
    const name = key.slice(directory.length);
    const parsed = parseStagedName(DATA_NAME, name);
    return parsed === undefined ? [] : [{ name, generation: parsed.generation, sha16: parsed.sha256Start }];
  });
  return staged.sort((a, b) => b.generation - a.generation)[0];
}

/** Bytes that nobody can read are kept for somebody who can. */
async function keepDamaged(compact: ObjectStore, directory: string, bytes: Uint8Array): Promise<void> {
  const sha16 = (await sha256Of(bytesSource(bytes))).slice(0, 16);
  try {
    await compact.put(`${directory}meta-damaged-${sha16}.json`, bytes, { onlyIf: 'absent' });
  } catch (error) {
    // The same bytes are kept already.
    if (!isLakeError(error, 'conflict')) throw error;
  }
}
