import { z } from 'zod';
import { decimalText } from './decimal-text.js';

/** The last millisecond that four digits of a year can write. */
const LAST_MS = Date.UTC(10_000, 0) - 1;

/** A name that must be there. */
export const name = z.string().min(1);

/** A word of a document; null where it is missing, empty or null. */
export const word = z
  .string()
  .nullish()
  .transform((text) => (text === undefined || text === '' ? null : text));

/** A decimal as text, as it is written; of a JSON number its shortest text, without an exponent. Null where it is missing, empty or null. */
export const decimal = z
  .union([z.number(), z.string().regex(/^(-?\d+(\.\d+)?)?$/, 'not a decimal')])
  .nullish()
  .transform((value) => {
    if (typeof value === 'number') return decimalText(value);
    return value === undefined || value === '' ? null : value;
  });

/** Milliseconds since 1970, a number or text, as microseconds; `undefined` where it is missing, empty, null or zero. */
export const millis = z
  .union([z.int().nonnegative(), z.string().regex(/^\d{0,15}$/, 'not milliseconds since 1970')])
  .refine((ms) => Number(ms) <= LAST_MS, 'after the year 9999')
  .nullish()
  .transform((ms) => (Number(ms) > 0 ? BigInt(ms ?? 0) * 1000n : undefined));

/** An instant such as `2025-04-25T08:00:00.000Z`, of at most microseconds, as microseconds since 1970; `undefined` where it is missing or null. */
export const isoInstant = z.iso
  .datetime()
  .regex(/^(19[7-9]|[2-9]\d\d)\d-[^.]*(\.\d{1,6})?Z$/, 'not an instant since 1970 of at most microseconds')
  .nullish()
  .transform((text) => (text === undefined || text === null ? undefined : microseconds(text)));

function microseconds(text: string): bigint {
  const [seconds = '', fraction = ''] = text.slice(0, -1).split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}
