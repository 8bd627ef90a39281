import { parseUtcDay, type UtcDay } from '@ticklake/core';
import { z } from 'zod';

/** An instant as manifests of the tiers spell it: microseconds, and the offset written out. */
export const offsetInstant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}\+00:00$/, 'not an instant');

/** An instant of an entry: microseconds and `Z`. */
export const zInstant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/, 'not an instant');

/** A real day of the calendar as `YYYY-MM-DD`. */
export const dashedDay = z.string().refine((text) => isDashedDay(text), 'not a day of the calendar');

/** An instant in microseconds since 1970 as `2026-01-15T07:08:09.123456`. */
export function microsText(us: bigint): string {
  const ms = us >= 0n ? us / 1000n : (us - 999n) / 1000n;
  return `${new Date(Number(ms)).toISOString().slice(0, 23)}${String(us - ms * 1000n).padStart(3, '0')}`;
}

function isDashedDay(text: string): boolean {
  try {
    return parseUtcDay(text) === (text as UtcDay);
  } catch {
    return false;
  }
}
