import { addDays, dayOfMs, daysBetween, isLakeError, type Clock, type UtcDay } from '@ticklake/core';
import {
  instantText,
  runJob,
  selectDays,
  type DayLedger,
  type DayRequest,
  type Job,
  type JobEvent,
  type JobSummary,
} from '@ticklake/jobs';
import type { Arena } from '@ticklake/columnar';
import type { FileSystem, ObjectStore } from '@ticklake/storage';
import type { Compacted } from './compact-partition.js';
import {
  discoverPartitions,
  type Discovery,
  type NameFilters,
  type PartitionFilter,
} from './discover-partitions.js';
import type { Meta, PartitionChange, State } from './documents.js';
import { lostRows } from './leave-out.js';
import { partitionId } from './partition-key.js';
import {
  decidePartition,
  failureState,
  publishedState,
  resolveQuarantine,
  type ExecuteContext,
  type ReplacePolicy,
} from './partition-task.js';
import { rebuildState } from './rebuild-state.js';
import type { CompactTask, OnCorrupt, Settings } from './settings.js';
import { applyChanges, ledgerOf, readState, recordChanges, type StateChanges } from './state.js';

/** What to compact. */
export interface CompactRequest {
  readonly days: DayRequest;
  readonly filter: NameFilters;
  readonly overwrite: boolean;
  readonly onCorrupt: OnCorrupt;
  /** Judge partitions in quarantine again, though their files are the same. */
  readonly retryQuarantine: boolean;
  /** Without a state document: begin with yesterday, whatever is published already. */
  readonly fresh: boolean;
  /** How many days back a catch-up looks for files that came late. */
  readonly lateDays: number;
  /** Partitions at once. */
  readonly workers: number;
}

/** Where and with what. */
export interface JobContext {
  /** Of this thread. */
  readonly arena: Arena;
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
  readonly settings: Settings;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly owner: string;
  readonly tool: string;
  onEvent(event: JobEvent): void;
  /** Does one task: here ({@link executePartition}) or in another thread. */
  execute(task: CompactTask, context: ExecuteContext): Promise<Compacted>;
}

/** What a run came to. */
export interface CompactSummary extends JobSummary {
  readonly days: readonly UtcDay[];
  readonly rows: number;
  /** Partitions that are published without their damaged files, by this run or one before. */
  readonly incomplete: number;
  readonly listCount: number;
  readonly ignoredFiles: number;
  /** Parquet files that no day could be read from; the run has not compacted them. */
  readonly unplacedFiles: readonly string[];
  readonly lastCompactedDay: string | null;
}

/** Finds the partitions asked for, compacts each, and remembers what became of them. */
export async function compact(request: CompactRequest, context: JobContext): Promise<CompactSummary> {
  const scope = await planScope(request, context);
  if (scope.rebuilt !== undefined) await recordChanges(context.compact, scope.rebuilt, context.clock);
  const recorder = createRecorder(context, scope.state?.unconfirmed === true);
  const { discovery } = scope;
  const summary = await runJob(compactJob(scope, context, recorder), {
    concurrency: request.workers,
    signal: context.signal,
    clock: context.clock,
    onEvent: context.onEvent,
  });
  const complete = isUnfiltered(request.filter) && !context.signal.aborted;
  const confirmed = complete && request.days.mode === 'catch-up';
  const state = await recorder.finish(complete ? scope.days : [], confirmed);
  return {
    ...summary,
    days: scope.days,
    rows: recorder.rows(),
    incomplete: recorder.incomplete(),
    listCount: discovery.listCount,
    ignoredFiles: discovery.ignoredCount,
    unplacedFiles: discovery.unplaced,
    lastCompactedDay: state?.last_compacted_date ?? null,
  };
}

/** The days and partitions of a run, before anything is done about them. */
export interface Scope {
  readonly days: readonly UtcDay[];
  readonly state: State | undefined;
  /** Set when there was no state document but there were partitions; {@link state} is what it comes to. */
  readonly rebuilt: StateChanges | undefined;
  readonly policy: ReplacePolicy;
  readonly discovery: Discovery;
}

/**
 * Reads state and chooses the days. Without a state document but with published partitions, state is rebuilt from
 * them, and a catch-up then looks at every day since the first: what is published is skipped, what is not is made.
 */
export async function planScope(request: CompactRequest, context: JobContext): Promise<Scope> {
  const { compact, raw, clock, signal } = context;
  const today = dayOfMs(clock.nowMs());
  const stored = await readState(compact);
  const lost = stored === undefined && !request.fresh;
  const rebuilt = lost ? await rebuildState(compact, signal) : undefined;
  const state = rebuilt === undefined ? stored : applyChanges(undefined, rebuilt, instantText(clock.nowMs()));
  const ledger = ledgerOf(state);
  const days = new Set(selectDays(request.days, ledger, today));
  const catchUp = request.days.mode === 'catch-up';
  const lateFrom = catchUp ? addDays(today, -request.lateDays) : undefined;
  if (catchUp && state !== undefined)
    for (const day of daysToLookAtAgain(state, ledger, { today, lateFrom })) days.add(day);
  const filter: PartitionFilter = { ...request.filter, includesDay: (day) => days.has(day) };
  return {
    days: [...days].sort(),
    state,
    rebuilt,
    policy: {
      lateFrom,
      overwrite: request.overwrite,
      onCorrupt: request.onCorrupt,
      retryQuarantine: request.retryQuarantine,
    },
    discovery: discoverPartitions(raw, filter, signal),
  };
}

/** Finished days that may have changed: those in which late files count, and all of a state that was rebuilt. */
function daysToLookAtAgain(
  state: State,
  { finishedDays, unfinishedDays }: DayLedger,
  { today, lateFrom }: { readonly today: UtcDay; readonly lateFrom: UtcDay | undefined },
): UtcDay[] {
  const known = [...finishedDays, ...unfinishedDays].sort();
  const [first] = known;
  if (first === undefined || lateFrom === undefined) return [];
  if (state.unconfirmed === true) return daysBetween(first, addDays(today, -1));
  return known.filter((day) => day >= lateFrom);
}

function compactJob(
  { state, policy, discovery }: Scope,
  context: JobContext,
  recorder: Recorder,
): Job<CompactTask> {
  const createdAt = instantText(context.clock.nowMs());
  const published = new Map<string, PartitionChange>();
  const { onCorrupt, overwrite } = policy;
  const remember = ({ id, sources }: CompactTask, meta: Meta) =>
    published.set(id, publishedState(meta, sources));
  return {
    name: 'compact',
    async *plan() {
      for await (const { key, sources } of discovery.partitions()) {
        yield { id: partitionId(key), key, sources, replace: false, onCorrupt, overwrite };
      }
    },
    async execute(task, { signal, onRows }) {
      const known = state?.partitions[task.id];
      const decision = await decidePartition(context.compact, { ...task, known }, policy);
      if (decision.action === 'refuse') throw decision.error;
      if (decision.action === 'skip') {
        const { meta } = decision;
        remember(task, meta);
        if (meta.complete && known?.status === 'quarantine') await resolveQuarantine(task.key, context);
        return { status: 'skipped', reason: meta.complete ? 'published already' : WITHOUT_DAMAGED };
      }
      try {
        const work = { ...task, replace: decision.replace };
        const { facts, status, meta } = await context.execute(work, {
          ...context,
          createdAt,
          signal,
          onRows,
        });
        remember(task, meta);
        if (!meta.complete) context.onEvent(leftOut(task, meta));
        if (status === 'unchanged') return { status: 'skipped', reason: 'unchanged' };
        return { status: 'done', rowCount: facts.rowCount, sizeBytes: facts.sizeBytes };
      } catch (error) {
        if (isLakeError(error, 'busy')) return { status: 'skipped', reason: 'another run is at it' };
        throw error;
      }
    },
    async record(task, result) {
      const change = result instanceof Error ? failureState(result, task) : published.get(task.id);
      if (change === undefined) {
        recorder.leaveOpen(task.key.day);
        return;
      }
      const rows = !(result instanceof Error) && result.status === 'done' ? result.rowCount : 0;
      await recorder.add(task.id, change, rows);
    },
  };
}

const WITHOUT_DAMAGED = 'published without damaged files';

function leftOut({ id }: CompactTask, { receipt }: Meta): JobEvent {
  const details = { partition: id, ...lostRows(receipt.quarantined) };
  return { type: 'note', severity: 'warning', message: WITHOUT_DAMAGED, details };
}

interface Recorder {
  add(id: string, change: PartitionChange, rows: number): Promise<void>;
  /** A partition of `day` was not judged, so the day is not either. */
  leaveOpen(day: UtcDay): void;
  /** Writes what is left, and which days are now wholly judged; `confirmed` when those are all there are. */
  finish(judgedDays: readonly UtcDay[], confirmed: boolean): Promise<State | undefined>;
  rows(): number;
  /** Partitions added that are published without their damaged files. */
  incomplete(): number;
}

/** State is a cache that the next run repairs, so it is written now and then, not after every partition. */
const RECORD_EVERY = 50;

function createRecorder({ compact, clock }: JobContext, unconfirmed: boolean): Recorder {
  let partitions = new Map<string, PartitionChange>();
  const openDays = new Set<UtcDay>();
  let rowsDone = 0;
  let incomplete = 0;
  const flush = (judgedDays: readonly UtcDay[], stillUnconfirmed: boolean) => {
    const changes = { partitions, judgedDays, unconfirmed: stillUnconfirmed };
    partitions = new Map();
    return recordChanges(compact, changes, clock);
  };
  return {
    async add(id, change, rows) {
      partitions.set(id, change);
      rowsDone += rows;
      if (change.complete === false) incomplete++;
      if (partitions.size >= RECORD_EVERY) await flush([], unconfirmed);
    },
    leaveOpen: (day) => void openDays.add(day),
    finish: (judgedDays, confirmed) =>
      flush(
        judgedDays.filter((day) => !openDays.has(day)),
        unconfirmed && !(confirmed && openDays.size === 0),
      ),
    rows: () => rowsDone,
    incomplete: () => incomplete,
  };
}

function isUnfiltered({ exchanges, streams, symbols }: CompactRequest['filter']): boolean {
  return exchanges === undefined && streams === undefined && symbols === undefined;
}
