import { LakeError } from '@ticklake/core';

/**
 * The next instant at which it is `at` (`HH:MM`) in UTC, as a clock in `timeZone` shows it then, e.g. `05:30` in
 * `Europe/Istanbul` for `02:30` (spec row OP-18). With summer time the answer depends on `nowMs`.
 *
 * @throws LakeError `invalid` for a time zone that this Node does not know.
 */
export function localTimeOf(at: string, timeZone: string, nowMs: number): string {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const today = new Date(nowMs).setUTCHours(hours, minutes, 0, 0);
  const next = today > nowMs ? today : today + 86_400_000;
  try {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    return format.format(new Date(next));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LakeError('invalid', 'the time zone is not known', { details: { timeZone }, cause: error });
  }
}
