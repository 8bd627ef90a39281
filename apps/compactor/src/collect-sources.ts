import { isLakeError, LakeError, sha256Of, type Clock } from '@ticklake/core';
import type { Arena } from '@ticklake/columnar';
import { readQuarantine, type JobEvent } from '@ticklake/jobs';
import type { SourceReceipt } from '@ticklake/manifest';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { recordCollected } from './collected-sources.js';
import type { SpoolPartition } from './discover-partitions.js';
import type { Meta } from './documents.js';
import { nameOf } from './inspect-source.js';
import { metaKey, partitionId, quarantineDirectory, type PartitionKey } from './partition-key.js';
import { underLease } from './partition-lease.js';
import { nameListedTwice } from './partition-task.js';
import { readMeta } from './published-dataset.js';
import { openSpoolFile } from './spool-file.js';
import { judgeStanding, type Standing } from './standing.js';
import { verifyPartition } from './verify-partition.js';

/** A spool file that a publication proves to be redundant. */
export interface RedundantFile {
  readonly key: string;
  readonly size: number;
  readonly sha256: string;
}

/** What is to be done, or was done, about the spool files of one partition. */
export interface Collection {
  readonly partition: string;
  /**
   * `collectable`: `files` may go; `collected`: they are gone; `kept`: nothing is wrong, but it is too early; `refused`: something
   * is wrong, and an operator should look.
   */
  readonly outcome: 'collectable' | 'collected' | 'kept' | 'refused';
  /** One sentence: what proves them, or why they stay. */
  readonly reason: string;
  readonly files: readonly RedundantFile[];
}

/** What spool files are collected with. */
export interface CollectContext {
  /** Holds what is read. */
  readonly arena: Arena;
  /** Written to, by deleting, with `apply` only; so is `compact`. */
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
  /** Whether files are deleted; otherwise it is only told which would be. */
  readonly apply: boolean;
  /** How long ago a partition must have been published, by `clock`. */
  readonly graceMs: number;
  /** Most files of this partition that may go. */
  readonly filesMax: number;
  readonly clock: Clock;
  /** Names this run to others, for leases. */
  readonly owner: string;
  readonly signal: AbortSignal;
  /** Told of every file that was deleted, once it is. */
  onEvent(event: JobEvent): void;
}

/**
 * Deletes the spool files of a partition that its publication proves to be redundant (spec row CM-36, invariant I8): the
 * partition is complete, nothing came late, it was published long enough ago, its data object and its receipt are verified now,
 * byte by byte, and each file is named in the receipt with the size and the SHA-256 that its bytes have now. One file that fails this
 * keeps all of them.
 *
 * Before the first file goes, the record that they may be missing is written (`sources-collected.json`). Whatever dies in between
 * leaves files, or that record; doing it again finishes.
 *
 * A store cannot delete a version of an object, only whatever stands at its key. Each file is therefore asked for once more
 * right before it is deleted, and stays when it is not the version that was read; but bytes that are put at the same key in the time
 * of that one request go with it. Collectors of this spool never write a name twice, so that nobody does that.
 *
 * @throws LakeError `unavailable`, `denied` or `cancelled`; files that were deleted by then have been told.
 */
export async function collectSources(
  partition: SpoolPartition,
  context: CollectContext,
): Promise<Collection> {
  if (!context.apply) return collect(partition, context);
  try {
    return await underLease(partition.key, context, (signal) => collect(partition, { ...context, signal }));
  } catch (error) {
    // Where the lease was lost, the record tells what was deleted until then.
    if (!isLakeError(error, 'busy')) throw error;
    return keep('kept', 'another run is at it')(partition);
  }
}

async function collect(partition: SpoolPartition, context: CollectContext): Promise<Collection> {
  const { key } = partition;
  const version = await context.compact.head(metaKey(key));
  if (version === undefined) return keep('kept', 'not published')(partition);
  const meta = await readableMeta(context.compact, key);
  if (meta === undefined) return keep('refused', 'meta.json is gone or cannot be read')(partition);
  const objection =
    (await objectionTo(partition, meta, context)) ?? (await unproved(partition, meta, context));
  if (objection !== undefined) return objection(partition);
  const files = redundant(partition.sources, meta).slice(0, context.filesMax);
  const reason = `in the receipt of generation ${meta.generation}, published ${meta.created_at}, verified now`;
  const told = files.map(({ object: { key: file, size }, receipt: { sha256 } }) => ({
    key: file,
    size,
    sha256,
  }));
  const collection = { partition: partitionId(key), reason, files: told };
  if (!context.apply) return { ...collection, outcome: 'collectable' };
  const isSame = async () => (await context.compact.head(metaKey(key)))?.etag === version.etag;
  if (!(await isSame())) return keep('kept', 'another run published meanwhile')(partition);
  const receipts = files.map(({ receipt }) => receipt);
  await recordCollected(context.compact, { key, sources: receipts, clock: context.clock });
  for (const [i, { object }] of files.entries()) {
    if (await deleteFile(object, isSame, context)) continue;
    const changed = 'a spool file or its partition changed while files were deleted';
    return { ...collection, outcome: 'refused', reason: changed, files: told.slice(0, i) };
  }
  return { ...collection, outcome: 'collected' };
}

/** A partition whose files stay. */
type Objection = (partition: SpoolPartition) => Collection;

function keep(outcome: 'kept' | 'refused', reason: string): Objection {
  return ({ key }) => ({ partition: partitionId(key), outcome, reason, files: [] });
}

async function readableMeta(compact: ObjectStore, key: PartitionKey): Promise<Meta | undefined> {
  try {
    return await readMeta(compact, key);
  } catch (error) {
    if (isLakeError(error, 'corrupt')) return undefined;
    throw error;
  }
}

const NOT_CURRENT: Readonly<Record<Exclude<Standing, 'current'>, Objection>> = {
  late: keep('kept', 'files came after it was published'),
  shrunk: keep('refused', 'files it was made of are gone or changed, and were not collected'),
  broken: keep('refused', 'its data object is missing or of another size'),
  staged: keep('kept', 'a run died before data.parquet was brought up to date'),
};

/** What can be seen without reading data. */
async function objectionTo(
  { key, sources }: SpoolPartition,
  meta: Meta,
  { compact, clock, graceMs }: CollectContext,
): Promise<Objection | undefined> {
  if (!meta.complete) return keep('kept', 'published without damaged files');
  const publishedMs = Date.parse(meta.created_at);
  if (Number.isNaN(publishedMs)) return keep('refused', 'meta.json does not say when it was published');
  if (clock.nowMs() - publishedMs < graceMs)
    return keep('kept', `published ${meta.created_at}, which is too recent`);
  if (nameListedTwice(sources) !== undefined)
    return keep('refused', 'the spool has a file of one name in both of its layouts');
  const quarantine = await readQuarantine(compact, quarantineDirectory(key));
  if (quarantine !== undefined && quarantine.resolved_at === null)
    return keep('kept', 'files of the partition are in quarantine');
  const { standing } = await judgeStanding(compact, key, meta, sources);
  return standing === 'current' ? undefined : NOT_CURRENT[standing];
}

/** What only the bytes can tell: those of the publication first, then those of every file that would go. */
async function unproved(
  { key, sources }: SpoolPartition,
  meta: Meta,
  { arena, compact, raw, signal }: CollectContext,
): Promise<Objection | undefined> {
  const { findings } = await verifyPartition(key, { arena, compact, raw: undefined, signal });
  const [fault] = findings.filter(({ severity }) => severity !== 'info');
  if (fault !== undefined) return keep('refused', `verify: ${fault.check}: ${fault.message}`);
  for (const { object, receipt } of redundant(sources, meta)) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while spool files were compared');
    if ((await sha256Now(raw, object, signal)) !== receipt.sha256)
      return keep('refused', `a spool file is not the one that was compacted: ${receipt.name}`);
  }
  return undefined;
}

/** Of the version that was listed; `undefined` when that is there no more. */
async function sha256Now(
  raw: ObjectStore,
  object: ObjectMeta,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await sha256Of(await openSpoolFile(raw, object), signal);
  } catch (error) {
    if (isLakeError(error, 'conflict') || isLakeError(error, 'missing')) return undefined;
    throw error;
  }
}

/** Files of the spool with their receipts, in source order. */
function redundant(
  sources: readonly ObjectMeta[],
  meta: Meta,
): { readonly object: ObjectMeta; readonly receipt: SourceReceipt }[] {
  const receipts = new Map(meta.sources.map((receipt) => [receipt.name, receipt]));
  return sources.flatMap((object) => {
    const receipt = receipts.get(nameOf(object.key));
    return receipt?.size === object.size ? [{ object, receipt }] : [];
  });
}

/** Whether it is deleted: not where the file is another one, or the partition was published anew, since they were read. */
async function deleteFile(
  { key, size, etag }: ObjectMeta,
  isSame: () => Promise<boolean>,
  { raw, signal, onEvent }: CollectContext,
): Promise<boolean> {
  if (signal.aborted) throw new LakeError('cancelled', 'cancelled while spool files were deleted');
  if (!(await isSame()) || (await raw.head(key))?.etag !== etag) return false;
  await raw.delete(key);
  onEvent({ type: 'note', severity: 'info', message: 'collected', details: { key, size } });
  return true;
}
