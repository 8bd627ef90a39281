import { z } from 'zod';
import { layout, root, text, tier, views, work } from './common.js';

/** Configuration of `relayout`. */
export const relayoutConfig = z.object({
  tier,
  lake: text.describe('folder, or store URL, that the tier is in').meta({ path: true }),
  root,
  output: text
    .describe('folder, or store URL, that it is published in anew; may be the same')
    .meta({ path: true }),
  from: layout.optional().describe('the layout that the tier is expected to have'),
  to: layout.describe('the layout that it gets'),
  toRoot: z
    .string()
    .optional()
    .describe('folder of the tier in --output; as the layout has it when missing, e.g. execution_data'),
  views: views.describe('views to publish beside by_date; all of the tier when missing'),
  copies: z
    .enum(['primary', 'all'])
    .optional()
    .describe(
      'whether these views hold copies of the rows (all), or references to those in by_date (primary); as the tier has it when missing',
    ),
  rawColons: z.boolean().default(false).describe('write : in names as it is; %3A otherwise'),
  redirect: z
    .boolean()
    .default(false)
    .describe('when all is published, say in the old place where the tier is now; readers follow'),
  ...work,
});

/** What {@link relayoutConfig} comes to. */
export type RelayoutConfig = z.infer<typeof relayoutConfig>;
