import { LakeError, type UtcDay } from '@ticklake/core';

/** Days from one to another, both of them included. */
export interface DayRange {
  readonly from: UtcDay;
  readonly to: UtcDay;
}

/**
 * The days that `--date` and `--date-to` name; `undefined` where neither does.
 *
 * @throws LakeError `invalid` (`DATE`) for a last day without a first one, or before it: neither may end in looking at nothing.
 */
export function dayRange({
  date: from,
  dateTo,
}: {
  readonly date?: UtcDay | undefined;
  readonly dateTo?: UtcDay | undefined;
}): DayRange | undefined {
  if (from === undefined && dateTo === undefined) return undefined;
  const to = dateTo ?? from;
  if (from !== undefined && to !== undefined && from <= to) return { from, to };
  throw new LakeError('invalid', 'a range of days begins with --date, and ends with --date-to', {
    code: 'DATE',
    details: { date: from, dateTo },
  });
}
