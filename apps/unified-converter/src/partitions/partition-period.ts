import { dayOfMs, parseUtcDay, startOfDayMs } from '@ticklake/core';
import type { ColumnUnit } from '@ticklake/market';
import { groupByDay, groupByNumber, type KeyedRows } from '@ticklake/shuffle';

/** What rows of a partition have in common: the day, or of fundings, where that is wanted, the month (D-23). */
export type PartitionPeriod = 'day' | 'month';

/** Days after 1970-01-01, the second one no more. */
export interface DaySpan {
  readonly firstDay: number;
  readonly endDay: number;
}

/** A day or a month, as directories name it. */
export interface PartitionDate {
  readonly year: number;
  readonly month: number;
  /** `undefined` for a whole month. */
  readonly day: number | undefined;
}

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;

/** How many units of a time make a day. */
export function unitsOfDay(unit: ColumnUnit): number {
  return unit === 'ms' ? DAY_MS : DAY_MS * 1000;
}

/** The rows of each partition, by its first day, counted from 1970-01-01. */
export function groupByPeriod(
  times: Float64Array,
  { unit, period }: { readonly unit: ColumnUnit; readonly period: PartitionPeriod },
): readonly KeyedRows<number>[] {
  const units = unitsOfDay(unit);
  if (period === 'day') return groupByDay(times, units);
  let span: DaySpan = { firstDay: NaN, endDay: NaN };
  const firstDays = times.map((time) => {
    const dayNumber = Math.floor(time / units);
    if (!(dayNumber >= span.firstDay && dayNumber < span.endDay))
      span = daysOfPeriod(periodText(dayNumber, period));
    return span.firstDay;
  });
  return groupByNumber(firstDays);
}

/** The partition that has the day `dayNumber`, as directories name it. */
export function partitionDate(dayNumber: number, period: PartitionPeriod): PartitionDate {
  const [year = 0, month = 0, day] = periodText(dayNumber, period).split('-').map(Number);
  return { year, month, day };
}

/** The partition that has the day `dayNumber`, as documents name it: `2024-01-31` or `2024-01`. */
export function periodText(dayNumber: number, period: PartitionPeriod): string {
  const day = dayOfMs(dayNumber * DAY_MS);
  return period === 'day' ? day : day.slice(0, 7);
}

/** The days of what {@link periodText} gives. @throws LakeError `invalid` (`DATE`) for other texts. */
export function daysOfPeriod(text: string): DaySpan {
  const numberOf = (day: string) => startOfDayMs(parseUtcDay(day)) / DAY_MS;
  const isMonth = /^\d{4}-\d{2}$/.test(text);
  const firstDay = numberOf(isMonth ? `${text}-01` : text);
  if (!isMonth) return { firstDay, endDay: firstDay + 1 };
  // No month has more days than 31, and none fewer than 28.
  const next = periodText(firstDay + 31, 'month');
  return { firstDay, endDay: numberOf(`${next}-01`) };
}
