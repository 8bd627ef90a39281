import { durationText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { compactUrl } from './keys.js';

const DAY_MS = 24 * 3_600_000;

/** Configuration of `sweep`. */
export const sweepConfig = z.object({
  compact: compactUrl,
  apply: z.boolean().default(false).describe('delete what is due, and remember what was seen'),
  age: durationText
    .refine((ms) => ms >= DAY_MS, 'expected 24h at least')
    .prefault('7d')
    .describe('how long ago a leftover was written and its partition last changed, 24h at least'),
  keep: z
    .int()
    .nonnegative()
    .default(0)
    .describe('how many older generations of a partition to keep however old they are'),
  scratch: z
    .string()
    .optional()
    .describe('local directory of unfinished files; those of --compact are swept when that is local'),
});

/** What {@link sweepConfig} comes to. */
export type SweepConfig = z.infer<typeof sweepConfig>;
