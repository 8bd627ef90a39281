import { isLakeError, type UtcDay } from '@ticklake/core';
import {
  instantText,
  runJob,
  type DayRequest,
  type Job,
  type JobEvent,
  type JobSummary,
  type TaskContext,
  type TaskResult,
} from '@ticklake/jobs';
import type { Meta, PartitionChange, State } from './documents.js';
import {
  actionOf,
  createEstimateTally,
  estimatePartition,
  type EstimateTally,
  type RunEstimate,
} from './estimate.js';
import { lostRows } from './leave-out.js';
import { partitionId } from './partition-key.js';
import { createPartitionQuota, type PartitionQuota } from './partition-quota.js';
import {
  decidePartition,
  failureState,
  publishedState,
  resolveQuarantine,
  type Decision,
} from './partition-task.js';
import { createRecorder, type Recorder, type RunEnd } from './recorder.js';
import { openScope, type CompactRequest, type JobContext, type Scope } from './scope.js';
import type { CompactTask } from './settings.js';
import { settlePartition } from './settle-partition.js';
import { ledgerOf, recordChanges } from './state.js';

export type { CompactRequest, JobContext } from './scope.js';

/** What a run came to. */
export interface CompactSummary extends JobSummary {
  readonly mode: DayRequest['mode'];
  readonly days: readonly UtcDay[];
  /** Days that `--max-days` left for another run. */
  readonly daysLeft: number;
  /** Partitions that need work and that `--max-partitions` left for another run. */
  readonly leftOver: number;
  readonly rows: number;
  /** Partitions that are published without their damaged files, by this run or one before. */
  readonly incomplete: number;
  readonly listCount: number;
  readonly ignoredFiles: number;
  /** Parquet files that no day could be read from; the run has not compacted them. */
  readonly unplacedFiles: readonly string[];
  readonly lastCompactedDay: string | null;
  /** What a plan would have said of what was done. */
  readonly planned: RunEstimate;
}

/**
 * Finds the partitions asked for, compacts each, and remembers what became of them.
 *
 * @throws LakeError as {@link openScope}, before anything is written.
 */
export async function compact(request: CompactRequest, context: JobContext): Promise<CompactSummary> {
  return compactScope(await openScope(request, context), context);
}

/** As {@link compact}, of a scope that {@link openScope} gave. */
export async function compactScope(scope: Scope, context: JobContext): Promise<CompactSummary> {
  const { request, discovery } = scope;
  if (scope.rebuilt !== undefined) await recordChanges(context.compact, scope.rebuilt, context.clock);
  const recorder = createRecorder(context, scope.state?.unconfirmed === true);
  const work: Work = {
    ...{ scope, context, recorder },
    quota: createPartitionQuota(request.selection.partitionsMax),
    published: new Map(),
    leftDays: new Set(),
    tally: createEstimateTally(request.workers),
    createdAt: instantText(context.clock.nowMs()),
  };
  const summary = await runJob(compactJob(work), {
    concurrency: request.workers,
    signal: context.signal,
    clock: context.clock,
    onEvent: context.onEvent,
  });
  const state = await recorder.finish(endOf(work));
  return {
    ...summary,
    mode: request.days.mode,
    days: scope.days,
    daysLeft: scope.daysLeft,
    leftOver: work.quota.leftCount,
    rows: recorder.rows(),
    incomplete: recorder.incomplete(),
    listCount: discovery.listCount,
    ignoredFiles: discovery.ignoredCount,
    unplacedFiles: discovery.unplaced,
    lastCompactedDay: state?.last_compacted_date ?? null,
    planned: work.tally.total({ listCount: discovery.listCount }),
  };
}

/** What the tasks of a run share. */
interface Work {
  readonly scope: Scope;
  readonly context: JobContext;
  readonly recorder: Recorder;
  readonly quota: PartitionQuota;
  /** What is published, by partition. */
  readonly published: Map<string, PartitionChange>;
  /** Days of partitions that were left over. */
  readonly leftDays: Set<UtcDay>;
  readonly tally: EstimateTally;
  readonly createdAt: string;
}

/** A run that looked at some of the names knows nothing about a day; one that did a shard knows it together with state. */
function endOf({ scope, context, leftDays }: Work): RunEnd {
  const { request, days, daysLeft, state, selected } = scope;
  const isWhole = isUnfiltered(request.filter);
  const { finishedDays } = ledgerOf(state);
  const left = [...leftDays].filter((day) => isWhole || finishedDays.has(day));
  if (!isWhole || context.signal.aborted) {
    return { judgedDays: [], sharedDays: undefined, leftDays: left, confirmed: false };
  }
  if (request.selection.shard !== undefined) {
    const sharedDays = new Map(days.map((day) => [day, selected.found.get(day) ?? []]));
    return { judgedDays: [], sharedDays, leftDays: left, confirmed: false };
  }
  const confirmed = request.days.mode === 'catch-up' && daysLeft === 0 && left.length === 0;
  return { judgedDays: days, sharedDays: undefined, leftDays: left, confirmed };
}

function compactJob(work: Work): Job<CompactTask> {
  const { scope, recorder, published } = work;
  const { onCorrupt, overwrite } = scope.policy;
  return {
    name: 'compact',
    async *plan() {
      for await (const { key, sources } of scope.selected.partitions()) {
        yield { id: partitionId(key), key, sources, replace: false, onCorrupt, overwrite };
      }
    },
    execute: (task, taskContext) => judge(work, task, taskContext),
    async record(task, result) {
      const change = result instanceof Error ? failureState(result, task) : published.get(task.id);
      if (change === undefined) {
        recorder.leaveToOthers(task.id, task.key.day);
        return;
      }
      const rows = !(result instanceof Error) && result.status === 'done' ? result.rowCount : 0;
      await recorder.add(task.id, change, rows);
    },
  };
}

/** Skips, refuses, leaves over or compacts one partition. */
async function judge(work: Work, task: CompactTask, taskContext: TaskContext): Promise<TaskResult> {
  const { scope, context, quota } = work;
  const decided = decideInScope(scope, context, task);
  const isTaken = await quota.allow(decided.then(({ action }) => action === 'compact'));
  const decision = await decided;
  work.tally.add(estimatePartition(task, actionOf(decision, isTaken), context.settings));
  if (decision.action === 'compact' && !isTaken) return leaveOver(work, task, decision.replace);
  try {
    if (decision.action !== 'compact') return await leaveAsItIs(work, task, decision, taskContext);
    return await compactTaken(work, { ...task, replace: decision.replace, ...decision.late }, taskContext);
  } catch (error) {
    if (isTaken) quota.giveBack();
    const isTakenByOthers = isLakeError(error, 'busy') && error.code !== 'LEASE_LOST';
    if (isTakenByOthers) return { status: 'skipped', reason: 'another run is at it' };
    throw error;
  }
}

/** Nothing is compacted; of a replacement that died after its commit the rest is done. */
async function leaveAsItIs(
  work: Work,
  task: CompactTask,
  decision: Exclude<Decision, { readonly action: 'compact' }>,
  { signal }: TaskContext,
): Promise<TaskResult> {
  if (decision.isUnsettled) await settlePartition(task.key, { ...work.context, signal });
  if (decision.action === 'refuse') throw decision.error;
  return passOver(work, task, decision.meta);
}

/**
 * What a partition needs, by reading only, with what state remembers of it.
 *
 * @throws LakeError as {@link decidePartition}.
 */
export async function decideInScope(
  { policy, state }: Pick<Scope, 'policy' | 'state'>,
  { compact: store }: Pick<JobContext, 'compact'>,
  task: CompactTask,
): Promise<Decision> {
  return decidePartition(store, { ...task, known: state?.partitions[task.id] }, policy);
}

/** Nothing is to be done; of a partition that was mended meanwhile the quarantine is told so. */
async function passOver(work: Work, task: CompactTask, meta: Meta): Promise<TaskResult> {
  const { scope, context } = work;
  remember(work, task, meta);
  if (meta.complete && mayBeQuarantined(scope.state, task.id)) await resolveQuarantine(task.key, context);
  return { status: 'skipped', reason: meta.complete ? 'published already' : WITHOUT_DAMAGED };
}

/** A run that died between publishing and saying so leaves a quarantine that is over (spec row MF-17). */
function mayBeQuarantined(state: State | undefined, id: string): boolean {
  return state?.unconfirmed === true || state?.partitions[id]?.status === 'quarantine';
}

async function compactTaken(
  work: Work,
  task: CompactTask,
  { signal, onRows }: TaskContext,
): Promise<TaskResult> {
  const { context, createdAt } = work;
  const { facts, status, meta } = await context.execute(task, { ...context, createdAt, signal, onRows });
  remember(work, task, meta);
  if (!meta.complete) context.onEvent(leftOut(task, meta));
  if (status === 'unchanged') return { status: 'skipped', reason: 'unchanged' };
  return { status: 'done', rowCount: facts.rowCount, sizeBytes: facts.sizeBytes };
}

const WITHOUT_DAMAGED = 'published without damaged files';

function leftOut({ id }: CompactTask, { receipt }: Meta): JobEvent {
  const details = { partition: id, ...lostRows(receipt.quarantined) };
  return { type: 'note', severity: 'warning', message: WITHOUT_DAMAGED, details };
}

const LEFT: TaskResult = { status: 'skipped', reason: 'left for another run' };

/** What is published and should be made again is told apart, so that a day that was finished is not taken for it any longer. */
function leaveOver({ scope, published, leftDays }: Work, task: CompactTask, replace: boolean): TaskResult {
  // What is only to be overwritten is as good as it was.
  if (replace && scope.policy.overwrite) return LEFT;
  leftDays.add(task.key.day);
  if (replace) {
    published.set(task.id, {
      status: 'stale',
      error_type: 'LEFT_OVER',
      error: 'has to be made again, which --max-partitions left to another run',
    });
  }
  return LEFT;
}

function remember({ published }: Work, { id, sources }: CompactTask, meta: Meta): void {
  published.set(id, publishedState(meta, sources));
}

function isUnfiltered({ exchanges, streams, symbols }: CompactRequest['filter']): boolean {
  return exchanges === undefined && streams === undefined && symbols === undefined;
}
