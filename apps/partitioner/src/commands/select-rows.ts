import { LakeError } from '@ticklake/core';
import type { Selection } from '../config/selection.js';
import type { LakeOptions, LakeReader, ReadResult } from '../reader/open-lake.js';
import type { ReadOptions } from '../reader/read-request.js';
import { dayRange } from './day-range.js';
import { refuseStray } from './refuse-stray.js';

/** The folders of tiers that a command names. */
export function rootsOf({ tier, root }: Pick<Selection, 'tier' | 'root'>): NonNullable<LakeOptions['roots']> {
  return root === undefined ? {} : { [tier]: root };
}

/**
 * What a command selects of a lake.
 *
 * @throws LakeError `invalid`: (`ARGUMENT`) for what the tier has nothing of; as the reads do.
 */
export function selectRows(
  lake: LakeReader,
  selection: Selection,
  rest: Pick<ReadOptions, 'filters' | 'signal'>,
): ReadResult {
  const { tier, venue, instrument: instrumentId, instrumentType, dataType, timeframe, columns } = selection;
  const options = { ...(columns.length === 0 ? {} : { columns }), ...rest };
  const days = dayRange(selection);
  const names = without({ venue, instrumentId, dataType, timeframe });
  switch (tier) {
    case 'execution':
      refuseStray(tier, { timeframe, instrumentType });
      return lake.readExecutionData({ ...options, ...names, ...without({ date: days }) });
    case 'ml':
      refuseStray(tier, { instrumentType });
      return lake.readMlData({ ...options, ...names, ...without({ date: days }) });
    case 'availability':
      refuseStray(tier, { instrument: instrumentId, dataType, timeframe });
      if (days === undefined) throw new LakeError('invalid', 'a read names a date', { code: 'DATE' });
      return lake.readAvailabilityData({ ...options, date: days, ...without({ venue, instrumentType }) });
  }
}

/** What is not given is not there, rather than undefined. */
function without<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
