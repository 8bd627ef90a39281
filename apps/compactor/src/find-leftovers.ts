import { isLakeError } from '@ticklake/core';
import { loadManifest, parseStagedName, type ManifestVersion } from '@ticklake/manifest';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { EVERYTHING } from './discover-partitions.js';
import { metaSchema, type Meta } from './documents.js';
import { nameOf } from './inspect-source.js';
import { DATA_NAME, MANIFEST_NAME, metaKey, partitionDirectory, type PartitionKey } from './partition-key.js';
import { publishedPartitions } from './published-partitions.js';

/**
 * Why nobody needs an object: a `superseded` generation; one that is `uncommitted`, staged by a replacement that died;
 * an `orphan`, data of a first publication that died; what a `probe` that was killed left.
 */
export type LeftoverKind = 'superseded' | 'uncommitted' | 'orphan' | 'probe';

/** An object of the compact store that no manifest points at. */
export interface Leftover {
  readonly kind: LeftoverKind;
  readonly object: ObjectMeta;
  /** Whose directory it is in; absent for a probe's. */
  readonly partition: PartitionKey | undefined;
}

/** How old a leftover has to be, and what is kept all the same. */
export interface LeftoverRules {
  /** Only what was last written before this instant, in milliseconds since 1970 by the clock of the store. */
  readonly beforeMs: number;
  /** How many superseded generations of a partition, the newest, are kept however old they are. */
  readonly keepGenerations: number;
}

/** A partition's directory as it is now. */
export interface PartitionObjects {
  readonly key: PartitionKey;
  /** Absent when nothing was ever committed. */
  readonly version: ManifestVersion<Meta> | undefined;
  readonly objects: readonly ObjectMeta[];
}

/** Every leftover of the store that is old enough; nothing below `QUARANTINE/` is one. */
export async function findLeftovers(
  compact: ObjectStore,
  rules: LeftoverRules,
  signal: AbortSignal,
): Promise<Leftover[]> {
  const leftovers = await findProbes(compact, rules);
  for await (const { key, committed, objects } of publishedPartitions(compact, EVERYTHING, signal)) {
    if (committed && !objects.some(({ key: objectKey }) => isStaged(objectKey))) continue;
    const version = committed ? await manifestOf(compact, key) : undefined;
    // A manifest that cannot be read may point at anything.
    if (committed && version === undefined) continue;
    leftovers.push(...leftoversOf({ key, version, objects }, rules));
  }
  return leftovers;
}

/** A partition's directory, listed once more; `undefined` when its manifest cannot be read, as it may point at anything. */
export async function lookAtPartition(
  compact: ObjectStore,
  key: PartitionKey,
): Promise<PartitionObjects | undefined> {
  const { objects } = await compact.children(partitionDirectory(key));
  const committed = objects.some((object) => nameOf(object.key) === MANIFEST_NAME);
  const version = await manifestOf(compact, key);
  return committed && version === undefined ? undefined : { key, version, objects };
}

/**
 * The leftovers of one partition. While its last commit is young, as after a replacement, nothing is one: that is how
 * long the generation before stays for going back. Nor while its data is not there as its manifest says.
 */
export function leftoversOf(partition: PartitionObjects, rules: LeftoverRules): Leftover[] {
  const { key, version, objects } = partition;
  const isOld = (object: ObjectMeta | undefined) =>
    object !== undefined && object.modifiedAtMs < rules.beforeMs;
  const named = (name: string) => objects.find((object) => nameOf(object.key) === name);
  const leftover = (object: ObjectMeta): Leftover[] => {
    const kind = kindOf(nameOf(object.key), version?.manifest);
    return kind === undefined ? [] : [{ kind, object, partition: key }];
  };
  if (version !== undefined) {
    const { data, size_bytes } = version.manifest;
    if (!isOld(named(MANIFEST_NAME)) || named(data)?.size !== size_bytes) return [];
  }
  const found = objects.flatMap(leftover);
  const kept = keptGenerations(found, rules.keepGenerations);
  return found.filter(
    ({ kind, object }) =>
      isOld(object) && !(kind === 'superseded' && kept.has(generationOf(object.key) ?? 0)),
  );
}

/** What kind of leftover an object of this name is beside `meta`; `undefined` when it is needed, or not ours to judge. */
export function kindOf(name: string, meta: Meta | undefined): LeftoverKind | undefined {
  const staged = parseStagedName(DATA_NAME, name);
  if (meta === undefined) return name === DATA_NAME || staged !== undefined ? 'orphan' : undefined;
  if (staged === undefined || name === meta.data) return undefined;
  // What is published now, once more: readers turn to it when the fixed name holds something else.
  if (meta.sha256.startsWith(staged.sha256Start)) return undefined;
  return staged.generation > meta.generation ? 'uncommitted' : 'superseded';
}

/** The number in the name of a staged generation. */
export function generationOf(key: string): number | undefined {
  return parseStagedName(DATA_NAME, nameOf(key))?.generation;
}

function isStaged(key: string): boolean {
  return generationOf(key) !== undefined;
}

function keptGenerations(found: readonly Leftover[], count: number): ReadonlySet<number> {
  const generations = new Set(
    found.filter(({ kind }) => kind === 'superseded').map(({ object }) => generationOf(object.key) ?? 0),
  );
  return new Set([...generations].sort((a, b) => b - a).slice(0, count));
}

async function manifestOf(
  compact: ObjectStore,
  key: PartitionKey,
): Promise<ManifestVersion<Meta> | undefined> {
  try {
    return await loadManifest(compact, metaKey(key), metaSchema);
  } catch (error) {
    if (isLakeError(error, 'corrupt')) return undefined;
    throw error;
  }
}

async function findProbes(compact: ObjectStore, { beforeMs }: LeftoverRules): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const { prefixes } = await compact.children('');
  for (const prefix of prefixes) {
    if (!/^_probe-[0-9a-f-]{36}\/$/.test(prefix)) continue;
    for await (const object of compact.list(prefix)) {
      if (object.modifiedAtMs < beforeMs) found.push({ kind: 'probe', object, partition: undefined });
    }
  }
  return found;
}
