import { dayText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { layout, root, text, tier, views, work } from './common.js';

/** Configuration of `partition`. */
export const partitionConfig = z.object({
  tier,
  input: text
    .describe('folder, or store URL, of the sources: CSV, CSV.gz, Parquet, JSON')
    .meta({ path: true }),
  output: text.describe('folder, or store URL, that the tiers are published in').meta({ path: true }),
  files: z
    .array(text)
    .default([])
    .describe('a source, by its name below --input, instead of all there are')
    .meta({ path: true }),
  layout: layout
    .default('dash-code')
    .describe(
      'how paths are spelled: as the code of the guide, as its diagrams, or key=value for query engines',
    ),
  root,
  views: views.describe('views to publish beside by_date; all of the tier when missing'),
  copies: z
    .enum(['primary', 'all'])
    .default('primary')
    .describe(
      'whether these views hold copies of the rows (all), or references to those in by_date (primary)',
    ),
  rawColons: z
    .boolean()
    .default(false)
    .describe('write : in names as it is, which Windows and many tools do not take; %3A otherwise'),
  dataType: text
    .optional()
    .describe('of every source, e.g. trades or ohlcv_1m; told by their columns when missing'),
  instrument: text
    .optional()
    .describe('of every row, e.g. BINANCE:SPOT_PAIR:BTC-USDT; told by their columns when missing'),
  symbols: text
    .optional()
    .describe(
      'JSON file of instruments by exchange and symbol, {"deribit BTC-PERPETUAL": "DERIBIT:PERPETUAL:BTC-USD"}',
    )
    .meta({ path: true }),
  date: dayText
    .optional()
    .describe(
      'day of every row; by the time of each when missing. Of instruments: the day they are of, today when missing',
    ),
  resample: z
    .array(text)
    .default([])
    .describe('longer timeframes to make candles of from those of a minute, e.g. 5m,15m,1h,4h,1d'),
  materializeColumns: z
    .array(text)
    .default([])
    .describe('columns that paths say, to be stored in the files too: year, month, day, date, venue …'),
  overwrite: z
    .boolean()
    .default(false)
    .describe('put rows in the place of those that are published; new sources come to them otherwise'),
  plan: z.boolean().default(false).describe('print which sources there are and write nothing'),
  ...work,
});

/** What {@link partitionConfig} comes to. */
export type PartitionConfig = z.infer<typeof partitionConfig>;
