import { addDays, daysBetween, LakeError, type UtcDay } from '@ticklake/core';

/** Most days one run may span: ten years and a bit. A longer range is a typing mistake. */
const SPAN_DAYS_MAX = 3660;

/** What state knows about days. */
export interface DayLedger {
  /** Every day up to this one is finished, except those in `unfinishedDays` (CM-17). */
  readonly lastDay: UtcDay | undefined;
  /** Days known to be finished; matters for those after `lastDay`. */
  readonly finishedDays: ReadonlySet<UtcDay>;
  /** Days with a partition that failed, is stale, or was never tried; they may lie before `lastDay`. */
  readonly unfinishedDays: ReadonlySet<UtcDay>;
}

/** Which days the operator asks for. */
export type DayRequest =
  /** Yesterday (CM-07). */
  | { readonly mode: 'daily' }
  /** Every missing day up to yesterday; only yesterday when there is no state (CM-08, CM-20). */
  | { readonly mode: 'catch-up' }
  /** `fromDay` to `toDay`, both included; a missing `toDay` is `fromDay` (CM-09, CM-11). */
  | { readonly mode: 'backfill'; readonly fromDay: UtcDay; readonly toDay: UtcDay | undefined }
  /** One day (CM-12). */
  | { readonly mode: 'single'; readonly day: UtcDay };

/**
 * The days to work on, ascending. `today` is the day the run began, in UTC: the run fixes it once.
 *
 * @throws LakeError `incomplete` (`TODAY`) when today is asked for: it is never compacted (CM-24).
 * @throws LakeError `invalid` when a day asked for is in the future (`FUTURE`), a range ends before it starts or
 * spans more than 3,660 days (`RANGE`), or the ledger claims today or a later day (`STATE`).
 */
export function selectDays(request: DayRequest, ledger: DayLedger, today: UtcDay): UtcDay[] {
  const yesterday = addDays(today, -1);
  switch (request.mode) {
    case 'daily':
      return [yesterday];
    case 'catch-up':
      return missingDays(ledger, yesterday);
    case 'backfill':
      return closedRange(request.fromDay, request.toDay ?? request.fromDay, today);
    case 'single':
      return closedRange(request.day, request.day, today);
  }
}

/**
 * The highest day up to which nothing is unfinished: `lastDay` moved on over finished days, and not one further
 * (D-08). It never moves back. Without a `lastDay` it starts at the first day the ledger knows at all, so a first
 * run whose earliest day failed leaves it `undefined`.
 */
export function advanceWatermark(ledger: DayLedger): UtcDay | undefined {
  const { lastDay, finishedDays, unfinishedDays } = ledger;
  let day = lastDay === undefined ? firstKnownDay(ledger) : addDays(lastDay, 1);
  let watermark = lastDay;
  while (day !== undefined && finishedDays.has(day) && !unfinishedDays.has(day)) {
    watermark = day;
    day = addDays(day, 1);
  }
  return watermark;
}

function firstKnownDay({ finishedDays, unfinishedDays }: Omit<DayLedger, 'lastDay'>): UtcDay | undefined {
  return [...finishedDays, ...unfinishedDays].sort()[0];
}

/** What failed before, however long ago, and everything after the watermark that is not finished. */
function missingDays({ lastDay, finishedDays, unfinishedDays }: DayLedger, yesterday: UtcDay): UtcDay[] {
  if (lastDay !== undefined && lastDay > yesterday) {
    throw new LakeError(
      'invalid',
      'state says that a day which is not over yet is done; it must be rebuilt',
      {
        code: 'STATE',
        details: { last: lastDay, yesterday },
      },
    );
  }
  const earlier = [...unfinishedDays].filter((day) => day <= yesterday);
  // Without a watermark, because the very first day failed, what came after that day is missing all the same.
  const first = lastDay === undefined ? firstKnownDay({ finishedDays, unfinishedDays }) : addDays(lastDay, 1);
  if (first === undefined) return [yesterday];
  checkSpan(first, yesterday);
  const later = daysBetween(first, yesterday).filter((day) => !finishedDays.has(day));
  return [...new Set([...earlier, ...later])].sort();
}

function closedRange(fromDay: UtcDay, toDay: UtcDay, today: UtcDay): UtcDay[] {
  if (fromDay > toDay) {
    throw new LakeError('invalid', 'the range ends before it starts', {
      code: 'RANGE',
      details: { from: fromDay, to: toDay },
    });
  }
  if (toDay > today) {
    throw new LakeError('invalid', 'the day is in the future', {
      code: 'FUTURE',
      details: { day: toDay, today },
    });
  }
  if (toDay === today) {
    throw new LakeError('incomplete', 'today is not over and is never compacted', {
      code: 'TODAY',
      details: { today },
    });
  }
  checkSpan(fromDay, toDay);
  return daysBetween(fromDay, toDay);
}

function checkSpan(fromDay: UtcDay, toDay: UtcDay): void {
  if (addDays(fromDay, SPAN_DAYS_MAX) > toDay) return;
  throw new LakeError('invalid', 'the range spans too many days', {
    code: 'RANGE',
    details: { from: fromDay, to: toDay, max: SPAN_DAYS_MAX },
  });
}
