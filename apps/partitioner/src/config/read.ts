import { dayText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { root, text, tier } from './common.js';

/** Configuration of `read`. */
export const readConfig = z.object({
  tier,
  lake: text.describe('folder, or store URL, that the tiers were published in').meta({ path: true }),
  root,
  date: dayText
    .optional()
    .describe('a day, YYYY-MM-DD or YYYYMMDD; may be left out where an instrument is named'),
  dateTo: dayText.optional().describe('last day of a range that begins with --date'),
  venue: text.optional().describe('e.g. binance'),
  instrument: text.optional().describe('in any spelling, e.g. deribit:Perp:BTC-USDT'),
  instrumentType: text.optional().describe('of instruments, e.g. spot or PERPETUAL'),
  dataType: text.optional().describe('e.g. trades or technical_features'),
  timeframe: text.optional().describe('of candles, e.g. 1m'),
  columns: z.array(text).default([]).describe('which columns, in which order; all when missing'),
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
