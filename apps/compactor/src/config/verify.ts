import { dayText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { compactUrl, filterConfig, rawUrl } from './keys.js';

/** Configuration of `verify`. */
export const verifyConfig = z.object({
  compact: compactUrl,
  raw: rawUrl.optional(),
  date: dayText.optional().describe('only this day, YYYYMMDD or YYYY-MM-DD'),
  ...filterConfig,
  againstSources: z.boolean().default(false).describe('also read every source in --raw again'),
});

/** What {@link verifyConfig} comes to. */
export type VerifyConfig = z.infer<typeof verifyConfig>;
