import { dayText, durationText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { FAILURES } from '../quality/troubles.js';
import { compactUrl, filterConfig, rawUrl } from './keys.js';

/** Configuration of `quality-report`. */
export const reportConfig = z.object({
  compact: compactUrl,
  raw: rawUrl
    .optional()
    .describe('given: files that came late and the quality ledger of the collector are reported too'),
  days: z.int().positive().optional().describe('how many days back, yesterday included; 14 without dates'),
  dateFrom: dayText
    .optional()
    .describe('first day, instead of --days')
    .meta({ aliases: ['start'] }),
  dateTo: dayText
    .optional()
    .describe('last day; the first one when missing')
    .meta({ aliases: ['end'] }),
  ...filterConfig,
  scan: z.boolean().default(true).describe('look at the rows for gaps, missing trade ids and clocks'),
  silence: durationText
    .optional()
    .describe('how long any stream may be silent, e.g. 60s; by stream when missing'),
  html: z.string().min(1).optional().describe('also write the report to this file, as one HTML page'),
  failOn: z
    .array(z.enum(FAILURES))
    .default(['stale', 'quarantined', 'unreadable'])
    .describe(`what makes it exit 3: ${FAILURES.join(', ')}`),
});

/** What {@link reportConfig} comes to. */
export type ReportConfig = z.infer<typeof reportConfig>;
