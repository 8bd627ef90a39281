import { LakeError, type Codec } from '@ticklake/core';

/** Longer numbers would not all be exact. */
const DIGITS_MAX = 15;

/**
 * A whole number in exactly `width` digits, zeros in front: `padded(2)` writes 3 as `03`. `width` is 1 to 15.
 *
 * `format` throws LakeError `invalid` (`NUMBER`) for what does not fit.
 */
export function padded(width: number): Codec<number> {
  if (!Number.isInteger(width) || width < 1 || width > DIGITS_MAX) {
    throw new LakeError('invalid', 'a width is 1 to 15 digits', { code: 'NUMBER', details: { width } });
  }
  return numberCodec(`\\d{${width}}`, (value) => String(value).padStart(width, '0'));
}

/**
 * A whole number from 0 of at most 15 digits, without zeros in front: 3 is `3`.
 *
 * `format` throws LakeError `invalid` (`NUMBER`) for what is not one.
 */
export const digits: Codec<number> = numberCodec(`(?:0|[1-9]\\d{0,${DIGITS_MAX - 1}})`, String);

/** A month of the year without zeros in front, 1 to 12. `format` throws LakeError `invalid` (`NUMBER`) for any other. */
export const monthOfYear: Codec<number> = numberCodec('(?:[1-9]|1[0-2])', String);

/** A day of the month without zeros in front, 1 to 31. `format` throws LakeError `invalid` (`NUMBER`) for any other. */
export const dayOfMonth: Codec<number> = numberCodec('(?:[1-9]|[12]\\d|3[01])', String);

function numberCodec(pattern: string, write: (value: number) => string): Codec<number> {
  const whole = new RegExp(`^${pattern}$`);
  const checked = (text: string): string => {
    if (whole.test(text)) return text;
    throw new LakeError('invalid', 'not a number that fits its place in a path', {
      code: 'NUMBER',
      details: { text },
    });
  };
  return {
    pattern,
    parse: (text) => Number(checked(text)),
    format: (value) => checked(write(value)),
  };
}
