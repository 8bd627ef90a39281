import { z } from 'zod';
import { compactUrl, filterConfig, rawUrl } from './keys.js';

/** Configuration of `quality-report`. */
export const reportConfig = z.object({
  compact: compactUrl,
  raw: rawUrl.optional().describe('given: partitions with files that came late are shown as stale'),
  days: z.int().positive().default(14).describe('how many days back, yesterday included'),
  ...filterConfig,
});

/** What {@link reportConfig} comes to. */
export type ReportConfig = z.infer<typeof reportConfig>;
