import { dayOfMs, LakeError, type UtcDay } from '@ticklake/core';
import type { InstrumentId } from '@ticklake/market';
import type { Listing } from './listing.js';

/** The first and the last day of an instrument. */
export interface ListedDays {
  readonly from: UtcDay;
  readonly to: UtcDay | null;
}

/**
 * On which days an instrument is there. The first is that of its listing, else the day on which the document was taken, since it was there by
 * then. The last is that of its end, else that of its expiry in the id. Of what is closed and does not say since when it is the day on which
 * the document was taken: it cannot have been there later.
 *
 * @returns a reason where no first day can be told, as it was gone when the document was taken.
 * @throws what `taken` throws, which is asked only where its day is needed.
 */
export function listedDays(
  { start, end, isClosed }: Pick<Listing, 'start' | 'end' | 'isClosed'>,
  id: InstrumentId,
  taken: () => UtcDay,
): ListedDays | string {
  const dated = id.type === 'FUTURE' || id.type === 'OPTION' ? id.expiry : undefined;
  const last = end === undefined ? dated : dayOfUs(end);
  if (start === undefined) {
    if (isClosed) return GONE;
    const day = taken();
    return last !== undefined && last < day ? GONE : { from: day, to: last ?? null };
  }
  const from = dayOfUs(start);
  if (last !== undefined) return { from, to: last };
  if (!isClosed) return { from, to: null };
  const day = taken();
  return from > day ? { from, to: null } : { from, to: day };
}

const GONE = 'it is not listed, and does not say when it was';

/** The UTC day of an instant in microseconds since 1970, of the years that a day can be of. */
export function dayOfUs(us: bigint): UtcDay {
  return dayOfMs(Number(us / 1000n));
}

/** The day on which a document was taken: the one that is given, else its own. @throws LakeError `invalid` (`DATE`) where there is neither. */
export function dayTaken(day: UtcDay | undefined, taken: bigint | undefined, file: string): UtcDay {
  if (day !== undefined) return day;
  if (taken !== undefined) return dayOfUs(taken);
  throw new LakeError('invalid', 'a document does not say on which day it was taken: name the day', {
    code: 'DATE',
    details: { file },
  });
}
