import { addDays, isLakeError, parseUtcDay, startOfDayMs, type UtcDay } from '@ticklake/core';

/** Month codes of futures, January first. */
const MONTH_CODES = 'FGHJKMNQUVXZ';
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** `200925` and `20200925`; `undefined` where the calendar has no such day in 20YY. */
export function numericExpiry(text: string): UtcDay | undefined {
  if (text.length === 8) return text.startsWith('20') ? dayIn(text) : undefined;
  return dayIn(`20${text}`);
}

/** `9JUN20`; `undefined` where the calendar has no such day. */
export function namedExpiry(text: string): UtcDay | undefined {
  const month = MONTHS.indexOf(text.slice(-5, -2)) + 1;
  return dayIn(`20${text.slice(-2)}${twoDigits(month)}${text.slice(0, -5).padStart(2, '0')}`);
}

/** `M20`: the last Friday of June 2020, which is when quarterly futures on crypto assets expire. */
export function monthCodeExpiry(text: string): UtcDay | undefined {
  const month = MONTH_CODES.indexOf(text.slice(0, 1)) + 1;
  if (month === 0) return undefined;
  const year = Number(`20${text.slice(1)}`);
  const next = month === 12 ? `${year + 1}0101` : `${year}${twoDigits(month + 1)}01`;
  const last = addDays(parseUtcDay(next), -1);
  // 1970 began on a Thursday.
  const sinceFriday = (startOfDayMs(last) / 86_400_000 + 6) % 7;
  return addDays(last, -sinceFriday);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function dayIn(text: string): UtcDay | undefined {
  try {
    return parseUtcDay(text);
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
}
