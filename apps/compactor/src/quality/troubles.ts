import type { DayQuality, QualityReport } from './report-quality.js';

/** What may be wrong with partitions of a day. */
export const TROUBLES = [
  'missing',
  'quarantined',
  'unreadable',
  'stale',
  'incomplete',
  'gaps',
  'ids',
  'clock',
] as const;

/** One of {@link TROUBLES}. */
export type Trouble = (typeof TROUBLES)[number];

/** What a report may fail on: {@link TROUBLES}, and days that the collector's ledger finds wanting. */
export const FAILURES = [...TROUBLES, 'degraded', 'bad', 'partial', 'unknown'] as const;

/** One of {@link FAILURES}. */
export type Failure = (typeof FAILURES)[number];

/** Whether a day of the report has something of what it is to fail on (spec row CM-14). */
export function hasFailure({ days }: QualityReport, failOn: readonly Failure[]): boolean {
  return days.some((day) => failOn.some((failure) => isOn(day, failure)));
}

function isOn(day: DayQuality, failure: Failure): boolean {
  switch (failure) {
    case 'degraded':
    case 'bad':
    case 'partial':
    case 'unknown':
      return day.ledger?.grade === failure.toUpperCase();
    case 'unreadable':
      return day.unreadable.length + (day.ledger?.unreadable.length ?? 0) > 0;
    default:
      return day[failure].length > 0;
  }
}
