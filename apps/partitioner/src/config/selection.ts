import { dayText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { root, text, tier } from './common.js';

/** Which partitions of a lake a command is about, and which of their columns. */
export const selection = {
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
};

/** What {@link selection} comes to. */
export type Selection = z.infer<z.ZodObject<typeof selection>>;
