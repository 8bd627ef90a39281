import { durationText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { compactUrl, daysConfig, filterConfig, rawUrl } from './keys.js';

/** The shortest `--grace`. */
export const GRACE_MIN_MS = 24 * 3_600_000;

/** Configuration of `gc-raw`. */
export const gcRawConfig = z.object({
  raw: rawUrl,
  compact: compactUrl,
  ...daysConfig,
  ...filterConfig,
  apply: z.boolean().default(false).describe('delete the files; without it, only print which would go'),
  grace: durationText
    .prefault('72h')
    .refine((ms) => ms >= GRACE_MIN_MS, 'expected 24h or more')
    .describe('how long ago a partition must have been published, 24h or more'),
  maxDelete: z.int().positive().optional().describe('most files deleted by one call'),
});

/** What {@link gcRawConfig} comes to. */
export type GcRawConfig = z.infer<typeof gcRawConfig>;
