import { sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';

const text = z.string().min(1);

/** Configuration of `read`. */
export const readConfig = z.object({
  path: text
    .describe('folder of a dataset, or its store URL, e.g. data_cache/unified/klines/binance_BTCUSDT_1m')
    .meta({ path: true }),
  filter: z
    .array(text)
    .default([])
    .describe(
      'a condition on a column, such as year=2024, close>=42000 or symbol!=BTCUSDT; rows have to match all',
    ),
  columns: z.array(text).default([]).describe('which columns, in which order; all when missing'),
  format: z
    .enum(['csv', 'ndjson'])
    .default('csv')
    .describe('how rows are printed; ndjson has one object a line'),
  limit: z.int().min(1).optional().describe('print at most so many rows'),
  memory: sizeText.prefault('256MiB').describe('memory budget for rows, e.g. 256MiB'),
});

/** What {@link readConfig} comes to. */
export type ReadConfig = z.infer<typeof readConfig>;
