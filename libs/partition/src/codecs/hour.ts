import { LakeError, type Codec } from '@ticklake/core';

/** An hour of the day as `00` … `23`. Both directions throw LakeError `invalid` (`NUMBER`) for any other. */
export const hourOfDay: Codec<number> = {
  pattern: '(?:[01]\\d|2[0-3])',
  parse: (text) => hour(Number(/^\d{2}$/.test(text) ? text : Number.NaN)),
  format: (value) => String(hour(value)).padStart(2, '0'),
};

function hour(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 23) return value;
  throw new LakeError('invalid', 'not an hour of the day', { code: 'NUMBER', details: { value } });
}
