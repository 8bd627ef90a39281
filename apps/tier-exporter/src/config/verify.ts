import { dayText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';

const text = z.string().min(1);

/** Configuration of `verify`. */
export const verifyConfig = z.object({
  local: text
    .optional()
    .describe('an export on this machine: the folder of its days, or that of one day')
    .meta({ path: true }),
  remote: z
    .boolean()
    .default(false)
    .describe('verify tier3/daily in --bucket')
    .meta({ aliases: ['r2'] }),
  bucket: text
    .optional()
    .describe('store of what is published, e.g. r2://instrumetriq-datasets')
    .meta({ path: true }),
  date: z
    .array(dayText)
    .default([])
    .describe('a day to verify; when missing all days of --local, or yesterday of --remote'),
  sample: z.int().nonnegative().default(20).describe('rows of a day that are judged one by one'),
  full: z.boolean().default(false).describe('judge every row, not a sample'),
  seed: text.default('ticklake').describe('which rows a sample has: the same text, the same rows'),
  sizeMin: sizeText.prefault('1MB').describe('a smaller data object cannot be a day'),
  strict: z.boolean().default(false).describe('take warnings for errors'),
  junit: text.optional().describe('write the findings to this file as JUnit XML').meta({ path: true }),
  markdown: text
    .optional()
    .describe('write the findings to this file as Markdown')
    .meta({ path: true, aliases: ['out-report'] }),
  memory: sizeText.prefault('512MiB').describe('memory budget for rows'),
});

/** What {@link verifyConfig} comes to. */
export type VerifyConfig = z.infer<typeof verifyConfig>;
