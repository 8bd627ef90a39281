import { isLakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import { z } from 'zod';

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A day, `YYYYMMDD` or `YYYY-MM-DD`, that exists in the calendar (CM-15). */
export const dayText = textType<UtcDay>('a day such as 20260203 or 2026-02-03', (text) => {
  try {
    return parseUtcDay(text);
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
});

/** A size in bytes: `512MiB`, `1GiB` (powers of 1,024), `2GB` (powers of 1,000) or a bare number of bytes. */
export const sizeText = textType<number>('a size such as 512MiB, 2GB or 65536', (text) =>
  quantity(text, SIZE_UNITS),
);

/** A duration in milliseconds: `500ms`, `120s`, `5m` or `5min`, `2h`, `7d`. */
export const durationText = textType<number>('a duration such as 500ms, 120s, 5min, 2h or 7d', (text) =>
  quantity(text, DURATION_UNITS),
);

/** Text with a meaning: the schema takes a string and gives what `read` makes of it, `undefined` being a refusal. */
function textType<T>(expected: string, read: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', message: `expected ${expected}`, input: text });
    return z.NEVER;
  });
}

/** A whole number of the smallest unit, exactly; anything else is `undefined`. */
function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = (match?.[2] ?? '').toLowerCase();
  if (match === null || !Object.hasOwn(units, unit)) return undefined;
  const value = Number(match[1]) * (units[unit] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}
