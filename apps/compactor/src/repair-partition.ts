import { isDeepStrictEqual } from 'node:util';
import { isLakeError, LakeError } from '@ticklake/core';
import type { Finding } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { discoverPartitions, onlyPartition } from './discover-partitions.js';
import type { Meta } from './documents.js';
import { nameOf } from './inspect-source.js';
import { DATA_NAME, metaKey, partitionDirectory, partitionId, type PartitionKey } from './partition-key.js';
import { executePartition, type ExecuteContext } from './partition-task.js';
import { putMetaOfData } from './put-meta-of-data.js';
import { readSelfDescribed, type SelfDescribed } from './self-described.js';
import { sourceFindings } from './source-findings.js';
import { readStoredMeta, type StoredMeta } from './stored-meta.js';
import { verifyPartition } from './verify-partition.js';

/** What is to be done, or was done, about one published partition. */
export interface Repair {
  readonly partition: string;
  /** `sound`: nothing is wrong; `repairable` and `repaired`: `of` what; `refused`: it cannot be proved to be the same again. */
  readonly outcome: 'sound' | 'repairable' | 'repaired' | 'refused';
  readonly of: 'sources' | 'footer' | undefined;
  /** One sentence, and what differs where something does. */
  readonly reason: string;
  /** What is wrong with it, as `verify` says it. */
  readonly findings: readonly Finding[];
}

/** What partitions are repaired with. */
export interface RepairContext extends Omit<ExecuteContext, 'raw'> {
  /** Absent: only what the data object proves by itself is repaired. */
  readonly raw: ObjectStore | undefined;
  /** Whether anything is written; otherwise it is only told what would be. */
  readonly apply: boolean;
}

/**
 * Repairs a published partition in which `verify` finds errors (spec row MF-24), and only as what it was:
 *
 * - Where the data object is sound and its own receipt adds up, `meta.json` was lost, or is damaged, or says something else of the
 *   same sources: it is written again from the data object. What stood there is kept beside it.
 * - Else the data object is what is broken: it is made again of its sources, which are all in the spool with the bytes of the
 *   receipt, and published as a new generation when its rows hash to what was published.
 *
 * @throws LakeError `unavailable`, `denied` or `cancelled`, `busy` when another run is at it.
 */
export async function repairPartition(key: PartitionKey, context: RepairContext): Promise<Repair> {
  const errors = await errorsOf(key, context);
  const told = { partition: partitionId(key), findings: errors };
  if (errors.length === 0) return { ...told, outcome: 'sound', of: undefined, reason: 'nothing is wrong' };
  const means = await findMeans(key, context);
  if ('reason' in means) return { ...told, of: undefined, outcome: 'refused', reason: means.reason };
  const { of } = means;
  if (!context.apply) return { ...told, of, outcome: 'repairable', reason: REASONS[of] };
  const failure = await repairBy(means, key, context);
  if (failure !== undefined) return { ...told, of, outcome: 'refused', reason: failure };
  const [left] = await errorsOf(key, context);
  if (left === undefined) return { ...told, of, outcome: 'repaired', reason: REASONS[of] };
  return { ...told, of, outcome: 'refused', reason: `still not sound: ${left.check}: ${left.message}` };
}

const REASONS = {
  sources: 'the data object is made again of its sources, with the same rows',
  footer: 'meta.json is made again of the receipt in the data object',
} as const;

async function errorsOf(key: PartitionKey, { arena, compact, signal }: RepairContext): Promise<Finding[]> {
  const { findings } = await verifyPartition(key, { arena, compact, raw: undefined, signal });
  return findings.filter(({ severity }) => severity === 'error');
}

/** A way to repair a partition. */
type Means =
  | { readonly of: 'footer'; readonly data: SelfDescribed; readonly old: StoredMeta }
  | { readonly of: 'sources'; readonly meta: Meta };

async function findMeans(
  key: PartitionKey,
  context: RepairContext,
): Promise<Means | { readonly reason: string }> {
  const directory = partitionDirectory(key);
  const old = await readStoredMeta(context.compact, metaKey(key));
  if (old.isOtherVersion) return { reason: 'meta.json is of another version of this program' };
  const { meta } = old;
  const data = await readSelfDescribed(context.compact, directory + (meta?.data ?? DATA_NAME), context);
  const isOfSame = meta === undefined || isDeepStrictEqual(data?.footer.sources, meta.sources);
  if (data !== undefined && isOfSame) return { of: 'footer', data, old };
  if (meta === undefined) {
    return {
      reason:
        'neither meta.json nor a data object says what was published; a run publishes what the spool has',
    };
  }
  if (context.raw === undefined)
    return { reason: 'the data object is damaged: --from-sources makes it again' };
  const differences = (await sourceFindings({ ...context, raw: context.raw }, key, meta)).filter(
    ({ check }) => check !== 'source_late',
  );
  if (differences.length === 0) return { of: 'sources', meta };
  const texts = differences.map(({ message, details }) => `${message} name=${String(details['name'])}`);
  return { reason: `the sources are not what was compacted: ${texts.join('; ')}` };
}

/** @returns why it was not repaired, and is as it was. */
async function repairBy(
  means: Means,
  key: PartitionKey,
  context: RepairContext,
): Promise<string | undefined> {
  if (means.of === 'footer') return putMetaOfData(key, means, context);
  try {
    await rebuild(key, means.meta, context);
    return undefined;
  } catch (error) {
    if (!isLakeError(error, 'corrupt') && !isLakeError(error, 'conflict')) throw error;
    const details = Object.entries(error.details).map(([name, value]) => `${name}=${String(value)}`);
    return [error.message, ...details].join(' ');
  }
}

/** Of the very files that it was made of; those that came late are for a run to merge. */
async function rebuild(key: PartitionKey, meta: Meta, context: RepairContext): Promise<void> {
  const { raw, signal } = context;
  if (raw === undefined) throw new LakeError('invalid', 'a partition is made again of a spool');
  const names = new Set(meta.sources.map(({ name }) => name));
  for await (const { sources } of discoverPartitions(raw, onlyPartition(key), signal).partitions()) {
    const task = {
      ...{ id: partitionId(key), key, replace: true },
      sources: sources.filter((object) => names.has(nameOf(object.key))),
      expected: { rows: meta.row_count, ...meta.content },
      ...(meta.complete ? {} : { quarantined: meta.receipt.quarantined }),
    };
    await executePartition(task, { ...context, raw });
  }
}
