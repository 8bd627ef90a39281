import type { Arena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { Finding } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import type { PartitionFilter } from './discover-partitions.js';
import { partitionId } from './partition-key.js';
import { publishedPartitions, type PublishedPartition } from './published-partitions.js';
import { chooseSample, type Sample } from './sample.js';
import { hasErrors, verifyPartition, type PartitionVerdict } from './verify-partition.js';

/** What of a lake to verify. */
export interface VerifyRequest {
  readonly filter: PartitionFilter;
  /** Absent: everything that matches. */
  readonly sample: Sample | undefined;
  /** Decides what a random sample holds. */
  readonly seed: string;
}

/** What to verify with, and who hears of it. */
export interface VerifyLakeContext {
  readonly arena: Arena;
  readonly compact: ObjectStore;
  /** Given: sources are read again too. */
  readonly raw: ObjectStore | undefined;
  readonly signal: AbortSignal;
  /** Told of each partition when it has been read, in no order that means anything. */
  onVerdict(verdict: PartitionVerdict): void;
}

/** Some partitions. */
export interface Extent {
  readonly partitions: number;
  /** Of their data, as the store lists it. */
  readonly sizeBytes: number;
}

/** How a verification of many partitions ended. */
export interface VerifySummary {
  /** What was read. */
  readonly verified: Extent;
  /** What there is, of which that is all or a sample. */
  readonly matching: Extent;
  readonly rows: number;
  /** Partitions with an `error` among their findings. */
  readonly errors: number;
  /** Partitions with findings, but no error. */
  readonly warnings: number;
  /** How many findings of each severity every check made, by its name. */
  readonly checks: Readonly<Record<string, Readonly<Partial<Record<Finding['severity'], number>>>>>;
}

/**
 * Verifies partitions one after another (spec rows MF-18…23). Each verdict is told and forgotten, so that a lake of
 * any size fits; what the summary holds grows with the kinds of findings.
 *
 * @throws LakeError `unavailable`, `denied` or `cancelled`: what was not told was not judged.
 */
export async function verifyLake(
  { filter, sample, seed }: VerifyRequest,
  { compact, onVerdict, ...context }: VerifyLakeContext,
): Promise<VerifySummary> {
  const { signal } = context;
  const matching = { partitions: 0, sizeBytes: 0 };
  const verified = { partitions: 0, sizeBytes: 0 };
  const summary = { rows: 0, errors: 0, warnings: 0, checks: {} as Tally };
  const found = counted(candidates(publishedPartitions(compact, filter, signal)), matching);
  const chosen = sample === undefined ? found : chooseSample(found, sample, seed);
  for await (const { key } of counted(chosen, verified)) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while verifying');
    const verdict = await verifyPartition(key, { ...context, compact });
    onVerdict(verdict);
    summary.rows += verdict.facts?.rowCount ?? 0;
    if (hasErrors(verdict)) summary.errors++;
    else if (verdict.findings.length > 0) summary.warnings++;
    for (const finding of verdict.findings) count(summary.checks, finding);
  }
  return { verified, matching, ...summary };
}

type Tally = Record<string, Partial<Record<Finding['severity'], number>>>;

function count(checks: Tally, { check, severity }: Finding): void {
  const bySeverity = (checks[check] ??= {});
  bySeverity[severity] = (bySeverity[severity] ?? 0) + 1;
}

type Found = PublishedPartition & { readonly id: string };

async function* candidates(partitions: AsyncIterable<PublishedPartition>): AsyncGenerator<Found> {
  for await (const partition of partitions) yield { ...partition, id: partitionId(partition.key) };
}

/** `partitions` as they are, while `extent` says how many have passed. */
async function* counted(
  partitions: AsyncIterable<Found>,
  extent: { -readonly [K in keyof Extent]: number },
): AsyncGenerator<Found> {
  for await (const partition of partitions) {
    extent.partitions++;
    extent.sizeBytes += partition.sizeBytes;
    yield partition;
  }
}
