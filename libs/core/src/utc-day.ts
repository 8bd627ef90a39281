import { LakeError } from './errors.js';

/** A calendar day in UTC, `YYYY-MM-DD`; string order is time order. */
export type UtcDay = string & { readonly __brand: 'UtcDay' };

const DAY_MS = 86_400_000;

/**
 * `YYYYMMDD` or `YYYY-MM-DD` as a real day of the calendar.
 *
 * @throws LakeError `invalid` for any other text and for days that do not exist, e.g. 2026-02-30 (spec row CM-15).
 */
export function parseUtcDay(text: string): UtcDay {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text);
  const dashes = text.split('-').length - 1;
  if (match !== null && (dashes === 0 || dashes === 2)) {
    const day = `${match[1]}-${match[2]}-${match[3]}` as UtcDay;
    const ms = Date.parse(`${day}T00:00:00Z`);
    if (!Number.isNaN(ms) && dayOfMs(ms) === day) return day;
  }
  throw new LakeError('invalid', 'not a day of the calendar', { code: 'DATE', details: { text } });
}

/** `YYYYMMDD`. */
export function compactDay(day: UtcDay): string {
  return day.replaceAll('-', '');
}

/** The UTC day that holds the instant `ms` milliseconds after 1970. */
export function dayOfMs(ms: number): UtcDay {
  // eslint-disable-next-line no-restricted-syntax -- formats a given instant; reads no clock
  return new Date(ms).toISOString().slice(0, 10) as UtcDay;
}

/** The first millisecond of `day`, since 1970. */
export function startOfDayMs(day: UtcDay): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** `day` moved by `count` days, which may be negative. */
export function addDays(day: UtcDay, count: number): UtcDay {
  return dayOfMs(startOfDayMs(day) + count * DAY_MS);
}

/** Every day from `first` to `last`, both included; empty when `first` is later. */
export function daysBetween(first: UtcDay, last: UtcDay): UtcDay[] {
  const days: UtcDay[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}
