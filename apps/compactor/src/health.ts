import type { Metric } from '@ticklake/cli-kit';
import { addDays, compactDay, errorText, isLakeError, startOfDayMs, type UtcDay } from '@ticklake/core';
import { advanceWatermark, instantText, type DayLedger } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import type { State } from './documents.js';
import { localTime } from './local-time.js';
import { ledgerOf, readState } from './state.js';

/** How a partition may stand that is not well. */
export const TROUBLES = ['quarantine', 'failed', 'stale'] as const;

/** One of {@link TROUBLES}. */
export type Trouble = (typeof TROUBLES)[number];

/** What is asked of a lake. */
export interface HealthRequest {
  /** Which troubles count: they hold the last compacted day back, and each such partition is critical by itself. */
  readonly failOn: readonly Trouble[];
  readonly maxLagMs: number;
  readonly nowMs: number;
}

/** How a lake stands, for a monitor (spec row OP-20). */
export interface Health {
  readonly status: 'OK' | 'CRITICAL';
  /** Why it is critical, one sentence each. */
  readonly reasons: readonly string[];
  /** The last day before the first one that is unfinished for a reason that counts. */
  readonly lastCompactedDay: UtcDay | null;
  /** Since the end of that day. */
  readonly lagMs: number | null;
  readonly maxLagMs: number;
  /** When the lag becomes too long, should no further day be compacted. */
  readonly dueAt: string | null;
  /** Partitions by trouble, whether it counts or not; `null` when the state cannot be read. */
  readonly partitions: Readonly<Record<Trouble, number>> | null;
}

/** Whether a day is compacted; the names are those of the readiness check that consumers know (originals §1.5). */
export interface Readiness {
  readonly status: 'READY' | 'NOT_READY' | 'FAILURE';
  /** `YYYYMMDD`, as is the next. */
  readonly target_date: string;
  readonly last_compacted_date: string | null;
  readonly reason: string;
}

/**
 * Reads the state document, nothing else. One that is not there, cannot be reached or cannot be understood makes the lake critical; it
 * is never thrown.
 *
 * @throws LakeError `cancelled`.
 */
export async function judgeHealth(compact: ObjectStore, request: HealthRequest): Promise<Health> {
  const state = await stateOrReason(compact);
  if (typeof state === 'string') return critical(request, [state]);
  const ledger = tolerantLedger(state, request.failOn);
  const lastDay = advanceWatermark(ledger);
  const partitions = countTroubles(state);
  const troubles = request.failOn
    .filter((trouble) => partitions[trouble] > 0)
    .map((trouble) => troubleText(partitions[trouble], trouble));
  if (lastDay === undefined)
    return { ...critical(request, ['no day is compacted yet', ...troubles]), partitions };
  const endMs = startOfDayMs(addDays(lastDay, 1));
  const lagMs = request.nowMs - endMs;
  const reasons = [...lagReasons({ lagMs, lastDay, state }, request), ...troubles];
  return {
    status: reasons.length === 0 ? 'OK' : 'CRITICAL',
    reasons,
    lastCompactedDay: lastDay,
    lagMs,
    maxLagMs: request.maxLagMs,
    dueAt: instantText(endMs + request.maxLagMs),
    partitions,
  };
}

/** Whether `target` and every day before it is compacted; as {@link judgeHealth}, nothing is thrown but `cancelled`. */
export async function judgeReadiness(compact: ObjectStore, target: UtcDay): Promise<Readiness> {
  const state = await stateOrReason(compact);
  const target_date = compactDay(target);
  if (typeof state === 'string') {
    return { status: 'FAILURE', target_date, last_compacted_date: null, reason: state };
  }
  const last_compacted_date = state.last_compacted_date ?? null;
  const told = { target_date, last_compacted_date };
  if (last_compacted_date === null) return { status: 'FAILURE', ...told, reason: 'no day is compacted yet' };
  return last_compacted_date >= target_date
    ? { status: 'READY', ...told, reason: `compacted up to ${last_compacted_date}` }
    : { status: 'NOT_READY', ...told, reason: `compacted up to ${last_compacted_date} only` };
}

/** One line, as plugins of Nagios write it: state, text for people, and after the bar the figures. */
export function healthText(health: Health, timeZone: string): string {
  const { status, reasons, lastCompactedDay, lagMs, maxLagMs, dueAt, partitions } = health;
  const counts = TROUBLES.map((trouble) => `${partitions?.[trouble] ?? 'unknown'} ${trouble}`).join(', ');
  const text = [
    ...reasons,
    ...(lastCompactedDay === null || lagMs === null
      ? []
      : [`last compacted day ${lastCompactedDay}, ${hoursText(lagMs)} ago`]),
    ...(partitions === null ? [] : [counts]),
    ...(dueAt === null ? [] : [`next day due ${dueAt.slice(0, 16)}Z${localPart(dueAt, timeZone)}`]),
  ].join('; ');
  const figures = [
    ...(lagMs === null ? [] : [`lag=${Math.round(lagMs / 1000)}s;;${Math.round(maxLagMs / 1000)}`]),
    ...(partitions === null ? [] : TROUBLES.map((trouble) => `${trouble}=${partitions[trouble]}`)),
  ];
  // A bar in a reason would begin the figures.
  return [
    `${status} ${text.replaceAll('|', '/')}`,
    ...(figures.length === 0 ? [] : [figures.join(' ')]),
  ].join(' | ');
}

/** For `--metrics-file`; no name of these is one that a run writes, so both may be collected. */
export function healthMetrics(
  { status, lastCompactedDay, lagMs, partitions }: Health,
  nowMs: number,
): Metric[] {
  const one = (name: string, help: string, value: number | undefined): Metric => ({
    name: `ticklake_compactor_health_${name}`,
    help,
    samples: value === undefined ? [] : [{ value }],
  });
  return [
    one('ok', 'Whether the lake is fresh and without trouble that counts.', status === 'OK' ? 1 : 0),
    one('checked_timestamp_seconds', 'When this was looked at.', nowMs / 1000),
    one(
      'lag_seconds',
      'Time since the end of the last compacted day.',
      lagMs === null ? undefined : lagMs / 1000,
    ),
    one(
      'last_compacted_day_timestamp_seconds',
      'Start of the last compacted day.',
      lastCompactedDay === null ? undefined : startOfDayMs(lastCompactedDay) / 1000,
    ),
    {
      name: 'ticklake_compactor_health_partitions',
      help: 'Partitions that are not well, by what is wrong with them.',
      samples:
        partitions === null
          ? []
          : TROUBLES.map((trouble) => ({ labels: { status: trouble }, value: partitions[trouble] })),
    },
  ];
}

const WORDS: Readonly<Record<Trouble, string>> = {
  quarantine: 'in quarantine',
  failed: 'failed',
  stale: 'stale',
};

function troubleText(count: number, trouble: Trouble): string {
  return `${count} ${count === 1 ? 'partition is' : 'partitions are'} ${WORDS[trouble]}`;
}

async function stateOrReason(compact: ObjectStore): Promise<State | string> {
  try {
    return (
      (await readState(compact)) ??
      'there is no state document: nothing was ever compacted here, or --compact is another place'
    );
  } catch (error) {
    if (!isLakeError(error) || isLakeError(error, 'cancelled')) throw error;
    return `the state cannot be read: ${errorText(error)}`;
  }
}

function critical({ maxLagMs }: HealthRequest, reasons: readonly string[]): Health {
  return {
    status: 'CRITICAL',
    reasons,
    lastCompactedDay: null,
    lagMs: null,
    maxLagMs,
    dueAt: null,
    partitions: null,
  };
}

/** Days that are unfinished for a reason that does not count are as good as finished. */
function tolerantLedger(state: State, failOn: readonly Trouble[]): DayLedger {
  const { lastDay, finishedDays, unfinishedDays } = ledgerOf(state);
  const counts = (day: UtcDay) => failOn.some((trouble) => trouble === state.days[compactDay(day)]?.status);
  const tolerated = [...unfinishedDays].filter((day) => !counts(day));
  return {
    lastDay,
    finishedDays: new Set([...finishedDays, ...tolerated]),
    unfinishedDays: new Set([...unfinishedDays].filter(counts)),
  };
}

function countTroubles({ partitions }: State): Record<Trouble, number> {
  const counts = { quarantine: 0, failed: 0, stale: 0 };
  for (const { status } of Object.values(partitions)) if (status !== 'success') counts[status]++;
  return counts;
}

function lagReasons(
  { lagMs, lastDay, state }: { readonly lagMs: number; readonly lastDay: UtcDay; readonly state: State },
  { maxLagMs }: HealthRequest,
): string[] {
  if (lagMs < 0) return ['state says that a day which is not over yet is done, or the clock is wrong'];
  if (lagMs <= maxLagMs) return [];
  const next = addDays(lastDay, 1);
  const status = state.days[compactDay(next)]?.status ?? 'not compacted';
  return [`the lag is longer than ${hoursText(maxLagMs)}: ${next} is ${status}`];
}

/** `2.5 h`. */
function hoursText(ms: number): string {
  return `${Math.round(ms / 360_000) / 10} h`;
}

function localPart(instant: string, timeZone: string): string {
  return timeZone === 'UTC' ? '' : ` (${localTime(Date.parse(instant), timeZone)})`;
}
