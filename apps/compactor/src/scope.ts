import type { Arena } from '@ticklake/columnar';
import { addDays, dayOfMs, daysBetween, type Clock, type UtcDay } from '@ticklake/core';
import { instantText, selectDays, type DayLedger, type DayRequest, type JobEvent } from '@ticklake/jobs';
import type { FileSystem, ObjectStore } from '@ticklake/storage';
import type { Compacted } from './compact-partition.js';
import {
  discoverPartitions,
  type Discovery,
  type NameFilters,
  type PartitionFilter,
} from './discover-partitions.js';
import type { State } from './documents.js';
import { OVERWRITE_WITHOUT_YES_MAX } from './limits.js';
import type { ExecuteContext, ReplacePolicy } from './partition-task.js';
import { rebuildState } from './rebuild-state.js';
import { selectPartitions, takeDays, type SelectedPartitions, type Selection } from './select-partitions.js';
import type { CompactTask, OnCorrupt, Settings } from './settings.js';
import { applyChanges, ledgerOf, readState, type StateChanges } from './state.js';

/** What to compact. */
export interface CompactRequest {
  readonly days: DayRequest;
  readonly filter: NameFilters;
  readonly selection: Selection;
  readonly overwrite: boolean;
  /** That somebody really means to overwrite, however many partitions it is. */
  readonly confirmed: boolean;
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

/** The days and partitions of a run, before anything is done about them. */
export interface Scope {
  readonly request: CompactRequest;
  /** Ascending. */
  readonly days: readonly UtcDay[];
  /** Days that `--max-days` leaves for another run. */
  readonly daysLeft: number;
  readonly state: State | undefined;
  /** Set when there was no state document but there were partitions; {@link state} is what it comes to. */
  readonly rebuilt: StateChanges | undefined;
  readonly policy: ReplacePolicy;
  readonly discovery: Discovery;
  readonly selected: SelectedPartitions;
}

/**
 * Reads state and chooses the days; writes nothing. Without a state document but with published partitions, state is rebuilt from
 * them, and a catch-up then looks at every day since the first: what is published is skipped, what is not is made.
 *
 * @throws LakeError `invalid` (`OVERWRITE`) when more partitions than 31 would be overwritten and nobody confirmed it.
 */
export async function openScope(request: CompactRequest, context: ReadContext): Promise<Scope> {
  const scope = await planScope(request, context);
  const { selected } = scope;
  const partitionsMax = request.selection.partitionsMax ?? Number.POSITIVE_INFINITY;
  if (request.overwrite && !request.confirmed && partitionsMax > OVERWRITE_WITHOUT_YES_MAX) {
    await selected.requireAtMost(OVERWRITE_WITHOUT_YES_MAX);
  }
  return scope;
}

/** What it takes to look. */
export type ReadContext = Pick<JobContext, 'raw' | 'compact' | 'clock' | 'signal'>;

/** As {@link openScope}, for those who will not write. */
export async function planScope(request: CompactRequest, context: ReadContext): Promise<Scope> {
  const { compact, raw, clock, signal } = context;
  const { selection, overwrite, onCorrupt, retryQuarantine } = request;
  const today = dayOfMs(clock.nowMs());
  const stored = await readState(compact);
  const lost = stored === undefined && !request.fresh;
  const rebuilt = lost ? await rebuildState(compact, signal) : undefined;
  const state = rebuilt === undefined ? stored : applyChanges(undefined, rebuilt, instantText(clock.nowMs()));
  const lateFrom = request.days.mode === 'catch-up' ? addDays(today, -request.lateDays) : undefined;
  const { days, daysLeft } = chooseDays(request, state, { today, lateFrom });
  const wanted = new Set(days);
  const filter: PartitionFilter = { ...request.filter, includesDay: (day) => wanted.has(day) };
  const discovery = discoverPartitions(raw, filter, signal);
  return {
    ...{ request, days, daysLeft, state, rebuilt, discovery },
    policy: { overwrite, lateFrom, onCorrupt, retryQuarantine },
    selected: selectPartitions(discovery.partitions(), selection),
  };
}

interface Horizon {
  readonly today: UtcDay;
  readonly lateFrom: UtcDay | undefined;
}

/**
 * `--max-days` counts days that no run has judged: those left stay as they are in state, missing, and the watermark does not pass them. Days that
 * were judged, because they failed or for files that came late, are looked at all the same: they would take the places of new ones for ever.
 */
function chooseDays(
  { days: dayRequest, overwrite, selection }: CompactRequest,
  state: State | undefined,
  horizon: Horizon,
): { readonly days: readonly UtcDay[]; readonly daysLeft: number } {
  const ledger = ledgerOf(state);
  const isJudged = (day: UtcDay) =>
    !overwrite && (ledger.finishedDays.has(day) || ledger.unfinishedDays.has(day));
  const asked = selectDays(dayRequest, ledger, horizon.today);
  const { taken, leftCount } = takeDays(asked, selection, isJudged);
  if (dayRequest.mode !== 'catch-up' || state === undefined) return { days: taken, daysLeft: leftCount };
  const left = new Set(asked.filter((day) => !taken.includes(day)));
  const again = daysToLookAtAgain(state, ledger, horizon).filter((day) => !left.has(day));
  return { days: [...new Set([...taken, ...again])].sort(), daysLeft: leftCount };
}

/** Finished days that may have changed: those in which late files count, and all of a state that was rebuilt. */
function daysToLookAtAgain(
  state: State,
  { finishedDays, unfinishedDays }: DayLedger,
  { today, lateFrom }: Horizon,
): UtcDay[] {
  const known = [...finishedDays, ...unfinishedDays].sort();
  const [first] = known;
  if (first === undefined || lateFrom === undefined) return [];
  if (state.unconfirmed === true) return daysBetween(first, addDays(today, -1));
  return known.filter((day) => day >= lateFrom);
}
