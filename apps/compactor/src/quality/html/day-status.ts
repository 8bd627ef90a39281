import type { DayQuality } from '../report-quality.js';

/** How a day looks in the calendar. */
export type DayStatus = 'good' | 'fair' | 'bad' | 'partial' | 'none';

/** What each status means, in the order of a legend. */
export const STATUS_WORDS: Readonly<Record<DayStatus, string>> = {
  good: 'good',
  fair: 'fair: degraded by the ledger, stale, or with gaps, missing ids or clock steps',
  bad: 'bad: by the ledger, or partitions missing, damaged or incomplete',
  partial: 'partial: the collector was restarted',
  none: 'none: nothing published',
};

/** What the ledger and the partitions of a day come to together: whichever is worse. */
export function dayStatus(day: DayQuality): DayStatus {
  const { missing, quarantined, unreadable, incomplete, stale, gaps, ids, clock } = day;
  const grade = day.ledger?.grade;
  if (grade === 'BAD' || isAny(missing, quarantined, unreadable, incomplete)) return 'bad';
  if (grade === 'PARTIAL') return 'partial';
  if (grade === 'DEGRADED' || isAny(stale, gaps, ids, clock)) return 'fair';
  return day.partitions === 0 ? 'none' : 'good';
}

function isAny(...lists: readonly (readonly string[])[]): boolean {
  return lists.some((list) => list.length > 0);
}
