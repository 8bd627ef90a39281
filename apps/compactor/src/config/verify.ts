import { z } from 'zod';
import { compactUrl, daysConfig, filterConfig, rawUrl } from './keys.js';

/** Configuration of `verify`. */
export const verifyConfig = z.object({
  compact: compactUrl,
  raw: rawUrl.optional(),
  ...daysConfig,
  ...filterConfig,
  againstSources: z.boolean().default(false).describe('also read every source in --raw again'),
  sample: z
    .string()
    .optional()
    .describe('read only a part: `2/7` is the second of seven; `5%` or `2GB`, at random, of all that match'),
  seed: z
    .string()
    .optional()
    .describe('what a random sample is drawn by: the same text, the same partitions; the day of the run'),
});

/** What {@link verifyConfig} comes to. */
export type VerifyConfig = z.infer<typeof verifyConfig>;
