import { LakeError } from '@ticklake/core';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * How long a bar of a timeframe such as `1m`, `4h` or `1d` is, in milliseconds. Months (`1M`) have no one length.
 *
 * @throws LakeError `invalid` (`TIMEFRAME`) for any other text.
 */
export function timeframeMs(timeframe: string): number {
  const match = /^([1-9]\d{0,3})([smhdw])$/.exec(timeframe);
  const unitMs = UNIT_MS[match?.[2] ?? ''];
  if (match !== null && unitMs !== undefined) return Number(match[1]) * unitMs;
  throw new LakeError('invalid', 'not a timeframe such as 1m, 4h or 1d', {
    code: 'TIMEFRAME',
    details: { timeframe },
  });
}
