import { addDays, compactDay, daysBetween, parseUtcDay, type UtcDay } from '@ticklake/core';
import type { PartitionState, State } from './documents.js';

/** A partition that is not done, and why. */
export type UnfinishedPartition = Pick<
  PartitionState,
  'status' | 'error_type' | 'error' | 'failing_key' | 'updated_at'
> & { readonly partition: string };

/** The state document as a person asks about it. */
export interface StateView {
  readonly lastCompactedDay: string | null;
  readonly updatedAt: string | null;
  /** Whole days between the watermark and today that it does not cover; null without a watermark. */
  readonly daysBehind: number | null;
  /** Whether the next catch-up looks at every day since the first again. */
  readonly unconfirmed: boolean;
  /** How many days, and partitions, have each status. */
  readonly days: Readonly<Record<string, number>>;
  readonly partitions: Readonly<Record<string, number>>;
  /** Ascending. */
  readonly unfinishedDays: readonly { readonly day: string; readonly status: string }[];
  readonly unfinishedPartitions: readonly UnfinishedPartition[];
}

/** What `state` comes to on `today`. */
export function viewState(state: State, today: UtcDay): StateView {
  const lastCompactedDay = state.last_compacted_date ?? null;
  return {
    lastCompactedDay,
    updatedAt: state.updated_at ?? null,
    daysBehind: lastCompactedDay === null ? null : daysAfter(parseUtcDay(lastCompactedDay), today),
    unconfirmed: state.unconfirmed === true,
    days: countStatuses(state.days),
    partitions: countStatuses(state.partitions),
    unfinishedDays: Object.entries(state.days)
      .filter(([, { status }]) => status !== 'success' && status !== 'empty')
      .map(([day, { status }]) => ({ day, status })),
    unfinishedPartitions: Object.entries(state.partitions)
      .filter(([, { status }]) => status !== 'success')
      .map(([partition, { status, error_type, error, failing_key, updated_at }]) => ({
        ...{ partition, status, error_type, error, failing_key, updated_at },
      })),
  };
}

/** A {@link StateView} for people. */
export function stateText(view: StateView): string {
  const { lastCompactedDay, updatedAt, daysBehind, unconfirmed, days, partitions } = view;
  const behind = daysBehind === null ? '' : `, ${daysBehind} days behind yesterday`;
  const lines = [
    `last compacted day: ${lastCompactedDay ?? 'none'}${behind}`,
    `updated at: ${updatedAt ?? 'unknown'}`,
    `days: ${countsText(days)}`,
    `partitions: ${countsText(partitions)}`,
    ...(unconfirmed ? ['unconfirmed: the next catch-up looks at every day since the first'] : []),
    ...view.unfinishedDays.map(({ day, status }) => `${day} ${status}`),
    ...view.unfinishedPartitions.map(partitionText),
  ];
  return lines.join('\n');
}

function partitionText({ partition, status, error_type, error, failing_key }: UnfinishedPartition): string {
  const told = [error_type, error, failing_key === undefined ? undefined : `file=${failing_key}`];
  return [status.padEnd(10), partition, ...told.filter((part) => part !== undefined)].join('  ').trimEnd();
}

function daysAfter(last: UtcDay, today: UtcDay): number {
  const next = addDays(last, 1);
  const yesterday = addDays(today, -1);
  return compactDay(next) > compactDay(yesterday) ? 0 : daysBetween(next, yesterday).length;
}

function countStatuses(
  entries: Readonly<Record<string, { readonly status: string }>>,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of Object.values(entries)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
