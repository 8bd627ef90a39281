import { LakeError, type UtcDay } from '@ticklake/core';
import type { PartitionFilter } from './discover-partitions.js';

/** One day, or a range that may be open. */
export interface DayRange {
  readonly date?: UtcDay | undefined;
  readonly dateFrom?: UtcDay | undefined;
  readonly dateTo?: UtcDay | undefined;
}

/**
 * Which days a command was told to look at; all where none is named.
 *
 * @throws LakeError `invalid` when a day and a range are named, or the range ends before it starts.
 */
export function daysOf({ date, dateFrom, dateTo }: DayRange): PartitionFilter['includesDay'] {
  if (date !== undefined && (dateFrom !== undefined || dateTo !== undefined)) {
    throw new LakeError('invalid', '--date goes without --date-from and --date-to');
  }
  if (dateFrom !== undefined && dateTo !== undefined && dateFrom > dateTo) {
    throw new LakeError('invalid', 'the range ends before it starts', { code: 'RANGE' });
  }
  const [from, to] = date === undefined ? [dateFrom, dateTo] : [date, date];
  return (day) => (from === undefined || day >= from) && (to === undefined || day <= to);
}
