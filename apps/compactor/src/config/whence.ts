import { dayText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { compactUrl, rawUrl } from './keys.js';

/** Configuration of `whence`. */
export const whenceConfig = z.object({
  compact: compactUrl,
  raw: rawUrl
    .optional()
    .describe(
      'given: the source row is found and compared; otherwise sources are narrowed down by the receipt',
    ),
  exchange: z.string().min(1).describe('of the partition'),
  stream: z.string().min(1).describe('of the partition'),
  symbol: z.string().min(1).describe('of the partition'),
  date: dayText.describe('of the partition, YYYYMMDD or YYYY-MM-DD'),
  seq: z.array(z.int().nonnegative()).min(1).describe('numbers of the published rows'),
});

/** What {@link whenceConfig} comes to. */
export type WhenceConfig = z.infer<typeof whenceConfig>;
