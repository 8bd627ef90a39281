import { dayText, durationText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { TROUBLES } from '../health.js';
import { compactUrl, metricsFile } from './keys.js';

/** Configuration of `health`. */
export const healthConfig = z.object({
  compact: compactUrl,
  maxLag: durationText
    .prefault('28h')
    .describe('longest time since the end of the last compacted day, e.g. 26h'),
  failOn: z
    .array(z.enum([...TROUBLES, 'none']))
    .default([...TROUBLES])
    .describe('which partitions count as trouble and hold the last compacted day back'),
  target: dayText
    .optional()
    .describe('ask instead whether this day is compacted: READY, NOT_READY or FAILURE'),
  metricsFile,
});

/** What {@link healthConfig} comes to. */
export type HealthConfig = z.infer<typeof healthConfig>;
