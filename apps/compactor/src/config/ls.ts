import { z } from 'zod';
import { compactUrl, daysConfig, filterConfig, rawUrl } from './keys.js';

/** Configuration of `ls`. */
export const lsConfig = z.object({
  partition: z
    .string()
    .optional()
    .describe('only this one: exchange/stream/symbol/YYYYMMDD, or its directory'),
  compact: compactUrl,
  raw: rawUrl.optional().describe('given: partitions are held against their spool files'),
  ...daysConfig,
  ...filterConfig,
});

/** What {@link lsConfig} comes to. */
export type LsConfig = z.infer<typeof lsConfig>;
