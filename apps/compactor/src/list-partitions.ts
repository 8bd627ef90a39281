import { isDeepStrictEqual } from 'node:util';
import { isLakeError } from '@ticklake/core';
import { instantText } from '@ticklake/jobs';
import { balanceReceipt } from '@ticklake/manifest';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { discoverPartitions, type PartitionFilter } from './discover-partitions.js';
import type { Meta } from './documents.js';
import { nameOf } from './inspect-source.js';
import { MANIFEST_NAME, partitionId, type PartitionKey } from './partition-key.js';
import { readMeta } from './published-dataset.js';
import { publishedPartitions } from './published-partitions.js';
import { quarantinedPartitions } from './quarantined-partitions.js';
import { standingOf, type Standing } from './standing.js';

/** What is there of one partition, without reading its data (spec row MF-22). */
export interface PartitionListing {
  readonly partition: string;
  /** `uncommitted`: objects without a `meta.json`; `unreadable`: with one that is damaged or another program's. */
  readonly status: 'published' | 'uncommitted' | 'unreadable' | 'absent';
  readonly objects: readonly {
    readonly name: string;
    readonly sizeBytes: number;
    readonly modifiedAt: string;
  }[];
  /** What `meta.json` says; absent without a readable one. */
  readonly meta: ListedMeta | undefined;
  /** Damaged files in the quarantine that still keep it from being published or brought up to date; null when its record cannot be read. */
  readonly quarantinedFiles: number | null;
  /** Against the spool; absent when that was not asked, or has no file of it any more. */
  readonly standing: Standing | undefined;
}

/** A `meta.json` in short. */
export interface ListedMeta {
  readonly generation: number;
  readonly rows: number;
  readonly sourceFiles: number;
  readonly publishedAt: string;
  /** Whether the object that it names is there in the size that it states. */
  readonly isDataThere: boolean;
  /** Whether its inputs add up to its output, by its own numbers. */
  readonly isBalanced: boolean;
  /** Whether it was made of every file that was listed for it. */
  readonly isComplete: boolean;
  readonly isHeld: boolean;
}

/** What to list. */
export interface ListRequest {
  readonly compact: ObjectStore;
  /** Given: partitions are held against it. */
  readonly raw: ObjectStore | undefined;
  readonly filter: PartitionFilter;
  readonly signal: AbortSignal;
}

/** Every partition that has objects or a quarantine, by id. Reads manifests and listings only. */
export async function listPartitions(request: ListRequest): Promise<PartitionListing[]> {
  const { compact, filter, signal } = request;
  const quarantined = new Map<string, number | null>();
  for await (const { key, record } of quarantinedPartitions(compact, filter, signal)) {
    quarantined.set(partitionId(key), record === undefined ? null : record.errors.length);
  }
  const spooled = await spoolSources(request);
  const listings = new Map<string, PartitionListing>();
  for await (const { key, objects } of publishedPartitions(compact, filter, signal)) {
    const partition = partitionId(key);
    const { status, meta } = await statusOf(compact, key, objects);
    const sources = spooled.get(partition);
    listings.set(partition, {
      ...{ partition, status, objects: objects.map(objectOf) },
      meta: meta && listedMeta(meta, objects),
      quarantinedFiles: quarantined.has(partition) ? (quarantined.get(partition) ?? null) : 0,
      standing: meta && sources && (await standingOf(compact, key, meta, sources)),
    });
  }
  for (const [partition, quarantinedFiles] of quarantined) {
    if (listings.has(partition)) continue;
    const absent = { status: 'absent' as const, objects: [], meta: undefined, standing: undefined };
    listings.set(partition, { partition, quarantinedFiles, ...absent });
  }
  return [...listings.values()].sort((a, b) => (a.partition < b.partition ? -1 : 1));
}

/** Whether somebody has to look at it. */
export function isTroubled({ status, meta, quarantinedFiles, standing }: PartitionListing): boolean {
  const isSound = meta !== undefined && meta.isDataThere && meta.isBalanced && meta.isComplete;
  return (
    status !== 'published' || !isSound || quarantinedFiles !== 0 || (standing ?? 'current') !== 'current'
  );
}

/** Listings for people. */
export function listText(listings: readonly PartitionListing[]): string {
  const lines = listings.flatMap((listing) => [
    [listing.partition, listing.status, ...factsOf(listing)].join('  '),
    ...listing.objects.map(
      ({ name, sizeBytes, modifiedAt }) => `  ${String(sizeBytes).padStart(12)}  ${modifiedAt}  ${name}`,
    ),
  ]);
  return lines.join('\n');
}

function factsOf({ meta, quarantinedFiles, standing }: PartitionListing): string[] {
  const facts: (string | false | undefined)[] = [
    ...(meta === undefined
      ? []
      : [
          `generation=${meta.generation} rows=${meta.rows} sources=${meta.sourceFiles}`,
          meta.isBalanced ? 'receipt balanced' : 'RECEIPT NOT BALANCED',
          !meta.isDataThere && 'DATA MISSING',
          !meta.isComplete && 'incomplete',
          meta.isHeld && 'held',
        ]),
    quarantinedFiles !== 0 && `quarantined files=${quarantinedFiles ?? 'unknown'}`,
    standing,
  ];
  return facts.filter((fact) => typeof fact === 'string');
}

async function statusOf(
  compact: ObjectStore,
  key: PartitionKey,
  objects: readonly ObjectMeta[],
): Promise<{ readonly status: PartitionListing['status']; readonly meta: Meta | undefined }> {
  if (!objects.some((object) => nameOf(object.key) === MANIFEST_NAME)) {
    return { status: 'uncommitted', meta: undefined };
  }
  try {
    const meta = await readMeta(compact, key);
    return { status: meta === undefined ? 'uncommitted' : 'published', meta };
  } catch (error) {
    if (!isLakeError(error, 'corrupt')) throw error;
    return { status: 'unreadable', meta: undefined };
  }
}

function listedMeta(meta: Meta, objects: readonly ObjectMeta[]): ListedMeta {
  const data = objects.find(({ key }) => nameOf(key) === meta.data);
  return {
    generation: meta.generation,
    rows: meta.row_count,
    sourceFiles: meta.source_files,
    publishedAt: meta.created_at,
    isDataThere: data?.size === meta.size_bytes,
    isBalanced: isBalanced(meta),
    isComplete: meta.receipt.quarantined.length === 0,
    isHeld: meta.held !== undefined,
  };
}

function isBalanced(meta: Meta): boolean {
  try {
    const output = { rows: meta.row_count, ...meta.content };
    return isDeepStrictEqual(
      balanceReceipt(meta.sources, output, meta.receipt.quarantined, meta.receipt.base),
      meta.receipt,
    );
  } catch (error) {
    if (isLakeError(error, 'corrupt')) return false;
    throw error;
  }
}

function objectOf({ key, size, modifiedAtMs }: ObjectMeta): PartitionListing['objects'][number] {
  return { name: nameOf(key), sizeBytes: size, modifiedAt: instantText(modifiedAtMs) };
}

async function spoolSources({
  raw,
  filter,
  signal,
}: ListRequest): Promise<Map<string, readonly ObjectMeta[]>> {
  const found = new Map<string, readonly ObjectMeta[]>();
  if (raw === undefined) return found;
  for await (const { key, sources } of discoverPartitions(raw, filter, signal).partitions()) {
    found.set(partitionId(key), sources);
  }
  return found;
}
