import { z } from 'zod';
import type { PartitionPeriod } from '../partitions/partition-period.js';
import type { Market } from '../sources/find-sources.js';

/**
 * `_config.json` (UC-26): what to collect from now on, and how it is laid out. The converter adds what it has converted and changes
 * nothing that somebody else wrote; unknown keys survive.
 */
export const collectionConfigSchema = z.looseObject({
  schema_version: z.literal('unified/1'),
  format: z.looseObject({
    layout: z.literal('hive'),
    compression: z.string(),
    /** Directories of a partition, in their order. */
    partitioning: z.looseObject({
      klines: z.array(z.string()),
      aggtrades: z.array(z.string()),
      futures: z.array(z.string()),
    }),
  }),
  /** By `exchange_symbol_timeframe`. */
  collections: z.record(
    z.string(),
    z.looseObject({
      exchange: z.string(),
      symbol: z.string(),
      timeframe: z.string(),
      data_types: z.array(z.string()),
      /** Only of datasets that are laid out in another way than `format` says. */
      partitioning: z.looseObject({ futures: z.array(z.string()) }).optional(),
    }),
  ),
});

/** See {@link collectionConfigSchema}. */
export type CollectionConfig = z.infer<typeof collectionConfigSchema>;

/** The name of the document, in the folder of all datasets. */
export const CONFIG_NAME = '_config.json';

const MONTH = ['year', 'month'];
const DAY = [...MONTH, 'day'];

/** `config` with a market, and the data types that there are of it, in it. */
export function withMarket(
  config: CollectionConfig | undefined,
  market: Market,
  {
    dataTypes,
    futuresBy,
    compression,
  }: {
    readonly dataTypes: readonly string[];
    readonly futuresBy: PartitionPeriod;
    readonly compression: string;
  },
): CollectionConfig {
  const { exchange, symbol, timeframe } = market;
  const name = `${exchange}_${symbol}_${timeframe}`;
  const before = config?.collections[name];
  const all = [...new Set([...(before?.data_types ?? []), ...dataTypes])];
  const futures = ['exchange', 'symbol', ...(futuresBy === 'month' ? MONTH : DAY)];
  const isUsual = config === undefined || config.format.partitioning.futures.join() === futures.join();
  const collections = {
    ...config?.collections,
    [name]: {
      ...{ ...before, exchange, symbol, timeframe, data_types: all },
      ...(isUsual || !dataTypes.includes('futures') ? {} : { partitioning: { futures } }),
    },
  };
  if (config !== undefined) return { ...config, collections };
  return {
    schema_version: 'unified/1',
    format: {
      layout: 'hive',
      compression,
      partitioning: {
        klines: ['exchange', 'symbol', 'timeframe', ...DAY],
        aggtrades: ['exchange', 'symbol', ...DAY],
        futures,
      },
    },
    collections,
  };
}
