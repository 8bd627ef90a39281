import { dayText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { compactUrl, filterConfig, rawUrl } from './keys.js';

/** Configuration of `coverage`. */
export const coverageConfig = z.object({
  compact: compactUrl,
  raw: rawUrl.optional().describe('given: days that only the spool has are shown too'),
  days: z
    .int()
    .positive()
    .optional()
    .describe('how many days back, yesterday included; all when no day is named'),
  dateFrom: dayText.optional().describe('first day'),
  dateTo: dayText.optional().describe('last day; yesterday when missing'),
  failOnGaps: z.boolean().default(true).describe('exit 3 when there are gaps'),
  ...filterConfig,
});

/** What {@link coverageConfig} comes to. */
export type CoverageConfig = z.infer<typeof coverageConfig>;
