import { dayText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { USUAL_NULLS } from '../tiers/verify/null-counts.js';

const text = z.string().min(1);

/** Configuration of `verify`. */
export const verifyConfig = z.object({
  tier: z
    .enum(['2', '3'])
    .default('3')
    .transform((tier) => (tier === '2' ? 2 : 3))
    .describe('which tier: 3 has days, 2 has weeks, by their last days'),
  local: text
    .optional()
    .describe('an export on this machine: the folder of its days or weeks, or that of one')
    .meta({ path: true }),
  remote: z
    .boolean()
    .default(false)
    .describe('verify what is published in --bucket: tier3/daily, or tier2/weekly')
    .meta({ aliases: ['r2'] }),
  bucket: text
    .optional()
    .describe(
      'store of what is published, and of the days that weeks are compared with, e.g. r2://instrumetriq-datasets',
    )
    .meta({ path: true }),
  inputDir: text
    .optional()
    .describe('local export of the days that weeks are compared with, instead of those in --bucket')
    .meta({ path: true }),
  date: z
    .array(dayText)
    .default([])
    .describe(
      'a day to verify, of a week the last; when missing all of --local, or of --remote yesterday, or the last Sunday',
    ),
  sample: z.int().nonnegative().default(20).describe('rows of a dataset that are judged one by one'),
  full: z
    .boolean()
    .default(false)
    .describe('judge every row, not a sample, and compare all rows of a week with its days'),
  seed: text.default('ticklake').describe('which rows a sample has: the same text, the same rows'),
  sizeMin: sizeText.prefault('1MB').describe('a smaller data object cannot be a day or a week'),
  nullRatioMax: z
    .array(z.string().regex(/^\w+=(0|1|0?\.\d+)$/, 'expected column=share, e.g. scores=0.1'))
    .default([])
    .transform((bounds) => {
      const pairs = bounds.map((bound) => bound.split('='));
      return Object.fromEntries(pairs.map(([column = '', share]) => [column, Number(share)]));
    })
    .describe('share of entries in which a column may be null, column=share, instead of the usual one'),
  nullDriftMax: z
    .number()
    .min(0)
    .max(1)
    .default(USUAL_NULLS.driftMax)
    .describe('how much more often than in the median of the seven days before a column may be null'),
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
