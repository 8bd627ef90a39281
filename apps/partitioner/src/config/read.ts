import { sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { text } from './common.js';
import { selection } from './selection.js';

/** Configuration of `read`. */
export const readConfig = z.object({
  ...selection,
  filter: z
    .array(text)
    .default([])
    .describe('a condition on a column, such as price>=9000, side=buy or side!=sell; rows have to match all'),
  format: z
    .enum(['csv', 'ndjson'])
    .default('csv')
    .describe('how rows are printed; ndjson has one object a line'),
  limit: z.int().min(1).optional().describe('print at most so many rows'),
  count: z.boolean().default(false).describe('print how many rows there are, and no row'),
  schema: z.boolean().default(false).describe('print the columns and their types, and no row'),
  explain: z
    .boolean()
    .default(false)
    .describe('print how the rows would be found, and what each way would cost'),
  memory: sizeText.prefault('512MiB').describe('memory budget for rows, e.g. 512MiB'),
});

/** What {@link readConfig} comes to. */
export type ReadConfig = z.infer<typeof readConfig>;
