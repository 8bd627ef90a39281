import { isLakeError, mapBounded, type UtcDay } from '@ticklake/core';
import type { DayRequest } from '@ticklake/jobs';
import { estimateText } from './cost-text.js';
import { rangeText } from './day-range.js';
import type { SpoolPartition } from './discover-partitions.js';
import {
  actionOf,
  createEstimateTally,
  estimatePartition,
  type Estimate,
  type PlannedAction,
  type RunEstimate,
} from './estimate.js';
import { decideInScope } from './job.js';
import { INSPECT_CONCURRENCY } from './limits.js';
import { partitionId } from './partition-key.js';
import { createPartitionQuota } from './partition-quota.js';
import type { Decision } from './partition-task.js';
import { planScope, type CompactRequest, type JobContext, type Scope } from './scope.js';
import { sourceBytesOf } from './select-partitions.js';

/** A partition as a run would treat it. */
export interface PlannedPartition {
  readonly partition: string;
  /** `leave`: it needs work, which `--max-partitions` leaves for another run. */
  readonly action: PlannedAction;
  /** Why it would be refused. */
  readonly reason: string | undefined;
  readonly files: number;
  readonly sizeBytes: number;
  readonly estimate: Estimate;
}

/** What a run would do; nothing was written to find out. */
export interface CompactionPlan {
  readonly mode: DayRequest['mode'];
  readonly days: readonly UtcDay[];
  /** Days that `--max-days` leaves for another run. */
  readonly daysLeft: number;
  /** In the order in which they would be taken. */
  readonly partitions: readonly PlannedPartition[];
  readonly listCount: number;
  readonly unplacedFiles: readonly string[];
  readonly total: RunEstimate;
}

/** What it takes to plan. */
export type PlanContext = Pick<JobContext, 'raw' | 'compact' | 'clock' | 'signal' | 'settings'>;

/** The plan of `request` as a value: to be printed, tested or priced (spec row CM-33). */
export async function planCompaction(request: CompactRequest, context: PlanContext): Promise<CompactionPlan> {
  const scope = await planScope(request, context);
  const { days, daysLeft, discovery, selected } = scope;
  const found: SpoolPartition[] = [];
  for await (const partition of selected.partitions()) found.push(partition);
  const quota = createPartitionQuota(request.selection.partitionsMax);
  const partitions = await mapBounded(found, INSPECT_CONCURRENCY, async (partition) => {
    const decided = decideOrRefuse(scope, context, partition);
    const isTaken = await quota.allow(decided.then(({ action }) => action === 'compact'));
    return plannedAs(partition, await decided, isTaken, context);
  });
  const tally = createEstimateTally(request.workers);
  for (const { estimate } of partitions) tally.add(estimate);
  return {
    mode: request.days.mode,
    ...{ days, daysLeft, partitions },
    listCount: discovery.listCount,
    unplacedFiles: discovery.unplaced,
    total: tally.total({ listCount: discovery.listCount }),
  };
}

async function decideOrRefuse(
  scope: Scope,
  context: PlanContext,
  { key, sources }: SpoolPartition,
): Promise<Decision> {
  try {
    return await decideInScope(scope, context, { id: partitionId(key), key, sources, replace: false });
  } catch (error) {
    if (isLakeError(error, 'corrupt') || isLakeError(error, 'invalid')) return { action: 'refuse', error };
    throw error;
  }
}

function plannedAs(
  partition: SpoolPartition,
  decision: Decision,
  isTaken: boolean,
  { settings }: PlanContext,
): PlannedPartition {
  const action = actionOf(decision, isTaken);
  return {
    partition: partitionId(partition.key),
    action,
    reason: decision.action === 'refuse' ? decision.error.message : undefined,
    files: partition.sources.length,
    sizeBytes: sourceBytesOf(partition),
    estimate: estimatePartition(partition, action, settings),
  };
}

/** Whether a run would end with something undone that it was asked for. */
export function isRefused({ partitions, unplacedFiles }: CompactionPlan): boolean {
  return unplacedFiles.length > 0 || partitions.some(({ action }) => action === 'refuse');
}

/** One line a partition, then the totals. */
export function planText(plan: CompactionPlan): string {
  const { mode, partitions, days, daysLeft, listCount, unplacedFiles, total } = plan;
  const left = partitions.filter(({ action }) => action === 'leave').length;
  return [
    `mode ${mode}: ${rangeText(days)}, ${days.length} ${days.length === 1 ? 'day' : 'days'}`,
    ...partitions.map(partitionText),
    `${total.partitions} of ${partitions.length} partitions to compact: ${total.files} files, ${total.sizeBytes} bytes; ${listCount} list requests`,
    ...(left + daysLeft > 0 ? [`left for another run: ${left} partitions, ${daysLeft} days`] : []),
    `estimate: ${estimateText(total)}`,
    ...unplacedFiles.map((key) => `no day in the name of ${key}`),
  ].join('\n');
}

function partitionText({ partition, action, files, sizeBytes, reason, estimate }: PlannedPartition): string {
  const told = `${action.padEnd(8)} ${partition}  files=${files} bytes=${sizeBytes}`;
  if (reason !== undefined) return `${told}  ${reason}`;
  return estimate.files === 0 ? told : `${told}  ${estimateText(estimate)}`;
}
