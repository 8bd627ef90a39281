import type { UtcDay } from '@ticklake/core';

/** The first and the last of ascending days, for people. */
export function rangeText(days: readonly UtcDay[]): string {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined) return 'no day';
  return first === last ? first : `${first} … ${last}`;
}
