import { LakeError } from './errors.js';

/** A calendar day in UTC, `YYYY-MM-DD`; string order is time order. */
export type UtcDay = string & { readonly __brand: 'UtcDay' };

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(-1, 12);
const LAST_MS = Date.UTC(10_000, 0) - 1;

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

/**
 * The UTC day that holds the instant `ms` milliseconds after 1970.
 *
 * @throws LakeError `invalid` outside the years 0000 to 9999, which four digits cannot write.
 */
export function dayOfMs(ms: number): UtcDay {
  if (!(ms >= FIRST_MS && ms <= LAST_MS)) {
    throw new LakeError('invalid', 'outside the years 0000 to 9999', { code: 'DATE', details: { ms } });
  }
  return new Date(ms).toISOString().slice(0, 10) as UtcDay;
}

/** The first millisecond of `day`, since 1970. */
export function startOfDayMs(day: UtcDay): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/**
 * `day` moved by `count` days, which may be negative.
 *
 * @throws LakeError `invalid` where that leaves the years 0000 to 9999.
 */
export function addDays(day: UtcDay, count: number): UtcDay {
  return dayOfMs(startOfDayMs(day) + count * DAY_MS);
}

/** Every day from `first` to `last`, both included; empty when `first` is later. */
export function daysBetween(first: UtcDay, last: UtcDay): UtcDay[] {
  const count = (startOfDayMs(last) - startOfDayMs(first)) / DAY_MS + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => addDays(first, index));
}
