/**
 * The instant `ms` milliseconds after 1970 as clocks in `timeZone` show it, to the minute: `2026-02-05 05:30 Europe/Istanbul` (spec row
 * OP-18). For people only: everything else here is in UTC.
 */
export function localTime(ms: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return `${format.format(ms)} ${timeZone}`;
}
