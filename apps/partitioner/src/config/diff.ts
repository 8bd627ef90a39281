import { dayText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { root, text, tier } from './common.js';

/** Configuration of `diff`. */
export const diffConfig = z.object({
  tier,
  lake: text.describe('folder, or store URL, of a lake').meta({ path: true }),
  root,
  with: text.describe('folder, or store URL, of the lake that it is compared with').meta({ path: true }),
  withRoot: z
    .string()
    .optional()
    .describe('folder of the tier in --with; as the layout has it when missing, e.g. execution_data'),
  date: dayText.optional().describe('only partitions of this day'),
  dateTo: dayText.optional().describe('last day of a range that begins with --date'),
  rows: z.boolean().default(false).describe('print rows that differ, in order of time'),
  limit: z.int().min(1).default(20).describe('print at most so many rows of a partition'),
  memory: sizeText.prefault('256MiB').describe('memory budget for rows, e.g. 256MiB'),
});

/** What {@link diffConfig} comes to. */
export type DiffConfig = z.infer<typeof diffConfig>;
