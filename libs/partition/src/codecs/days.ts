import { compactDay, parseUtcDay, type Codec, type UtcDay } from '@ticklake/core';

/** A day as `20260203`. Both directions throw LakeError `invalid` (`DATE`) for days that do not exist. */
export const dayCompact: Codec<UtcDay> = {
  pattern: '\\d{8}',
  parse: parseUtcDay,
  format: (day) => compactDay(parseUtcDay(day)),
};

/** A day as `2026-02-03`. Both directions throw LakeError `invalid` (`DATE`) for days that do not exist. */
export const dayDashed: Codec<UtcDay> = {
  pattern: '\\d{4}-\\d{2}-\\d{2}',
  parse: parseUtcDay,
  format: (day) => parseUtcDay(day),
};
