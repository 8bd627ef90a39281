import { parseUtcDay } from '@ticklake/core';
import { z } from 'zod';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** An int64 as decimal text: no sign but `-`, no leading zero. JSON numbers lose digits above 2^53 (MF-04). */
export const int64Text = z
  .string()
  .max(20)
  .regex(/^(0|-?[1-9][0-9]*)$/, 'not a decimal integer')
  .refine((text) => isInt64(text), 'outside int64');

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256');

/** The order-free content hash as 32 lower-case hexadecimal digits; see `CONTENT-HASH.md`. */
export const multisetHex = z.string().regex(/^[0-9a-f]{32}$/, 'not a multiset hash');

/** The content hash of rows in their order, likewise. */
export const orderedHex = z.string().regex(/^[0-9a-f]{32}$/, 'not an ordered hash');

/** An instant as `YYYY-MM-DDTHH:MM:SSZ`, with up to nine digits of fraction. */
export const utcInstant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/, 'not an instant in UTC')
  .refine((text) => isInstant(text), 'not an instant of the calendar');

/** A real day of the calendar as `YYYYMMDD`. */
export const compactDayText = z
  .string()
  .regex(/^\d{8}$/, 'not YYYYMMDD')
  .refine((text) => isDay(text), 'not a day of the calendar');

/** How many of something: a whole number that a JSON number holds exactly. */
export const wholeCount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * The name of an object beside its manifest: one plain path component, so that it cannot point elsewhere. Names of instruments have `%` in
 * them, and `:` where layouts write it as it is.
 */
export const siblingName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._~+:%-]{0,254}$/, 'not the plain name of an object');

/** What the rows of a file hash to, whatever their encoding (MF-08). Unknown keys survive. */
export const contentSchema = z.looseObject({ multiset: multisetHex, ordered: orderedHex });

function isInt64(text: string): boolean {
  // Refinements run even when the pattern has failed, and BigInt throws on what is not a number.
  if (!/^-?[0-9]{1,19}$/.test(text)) return false;
  const value = BigInt(text);
  return value >= INT64_MIN && value <= INT64_MAX;
}

function isInstant(text: string): boolean {
  const clock = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d/.exec(text);
  return clock !== null && isDay((clock[1] as string).replaceAll('-', ''));
}

function isDay(text: string): boolean {
  try {
    return parseUtcDay(text).length > 0;
  } catch {
    return false;
  }
}
