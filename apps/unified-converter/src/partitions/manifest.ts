import {
  int64Text,
  placeOf,
  proofShape,
  prove,
  sha256Hex,
  wholeCount,
  type DataPlace,
  type FileFacts,
  type PublishedDataset,
  type Receipt,
  type SourceReceipt,
} from '@ticklake/manifest';
import type { Schema } from '@ticklake/columnar';
import type { ColumnUnit, UnifiedDataset } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';
import { codecsOfFile } from './storage-options.js';
import type { Market } from '../sources/find-sources.js';

/** The version of what partitions hold, and of their manifests. */
export const PARTITION_VERSION = 'unified/1';

/** What bars of a longer timeframe were made of (UC-41), in their manifest and in the metadata. Unknown keys survive. */
export const derivedFromSchema = z.looseObject({
  dataset: z.string().min(1).describe('whose bars they were made of, e.g. `klines/binance_BTCUSDT_1m`'),
  timeframe: z.string().describe('of those bars'),
  path: z.string().min(1).describe('the partition of that dataset: a bar never has those of two days'),
  sha256: sha256Hex.describe('of the data object there'),
  rows_in: wholeCount.describe('how many bars it has, each of which is in one bar that was made'),
  bars_out: wholeCount.describe('how many were made of them'),
  incomplete_bars: wholeCount.describe('of these, how many lack some of the bars that they have room for'),
  label: z.literal('left').describe('a bar is named by the time it opens'),
  closed: z.literal('left').describe('and has what opens from then on, up to and without its end'),
  origin: z.literal('00:00Z').describe('where bars are counted from, each day anew'),
});

/** See {@link derivedFromSchema}. */
export type DerivedFrom = z.infer<typeof derivedFromSchema>;

const codec = z.enum(['none', 'snappy', 'zstd']);

/** `_manifest.json` of a partition. Readers of partitioned datasets pass over names that begin with `_`. */
export const partitionManifestSchema = z.looseObject({
  schema_version: z.literal(PARTITION_VERSION).describe('version of this document and of the columns'),
  dataset: z.enum(['klines', 'aggtrades', 'futures']).describe('what the rows are'),
  exchange: z.string().describe('as in the path'),
  symbol: z.string().describe('as in the path'),
  timeframe: z.string().describe('of klines as in the path; of others `1m`'),
  row_count: wholeCount.describe('rows of the data object'),
  timestamp_min: int64Text.describe('the first time, in `time_unit`'),
  timestamp_max: int64Text.describe('the last time'),
  time_unit: z.enum(['ms', 'us']).describe('unit of the times, since 1970 in UTC'),
  row_order: z.literal('timestamp, source, row').describe('the order of the rows'),
  parquet_sha256: sha256Hex.describe('of the data object'),
  parquet_size_bytes: wholeCount.describe('its size'),
  compression: codec.describe('of its pages, where it saves something'),
  column_compression: z
    .record(z.string(), codec)
    .optional()
    .describe(
      'of columns that are compressed in another way (UC-38), or not at all, since it would save little',
    ),
  created_at: z.string().describe('when it was made'),
  derived_from: derivedFromSchema
    .optional()
    .describe('of bars that were made of shorter ones, and not converted'),
  ...proofShape({
    period: 'day',
    inputs: 'sources',
    source: 'what each source has of this day; what was derived: the bars that its source came to',
  }),
});

/** See {@link partitionManifestSchema}. */
export type PartitionManifest = z.infer<typeof partitionManifestSchema>;

/** What a manifest is made of, beside the facts of the file. */
export interface PartitionParts {
  readonly dataset: UnifiedDataset;
  readonly market: Market;
  readonly timeUnit: ColumnUnit;
  readonly schema: Schema;
  readonly receipt: Receipt;
  readonly sources: readonly SourceReceipt[];
  /** Of bars that were made of shorter ones. */
  readonly derivedFrom: DerivedFrom | undefined;
  readonly createdAt: string;
  readonly writer: string;
}

/** The manifest of a file that lies at `place`. */
export function describePartition(
  parts: PartitionParts,
  facts: FileFacts,
  place: DataPlace,
): PartitionManifest {
  const { dataset, market, timeUnit, schema, receipt, sources, derivedFrom, createdAt, writer } = parts;
  const { compression, others } = codecsOfFile(facts);
  const claims = {
    schema_version: PARTITION_VERSION as typeof PARTITION_VERSION,
    dataset: dataset.name,
    exchange: market.exchange,
    symbol: market.symbol,
    timeframe: dataset.hasTimeframe ? market.timeframe : '1m',
    row_count: facts.rowCount,
    timestamp_min: String(facts.orderMin),
    timestamp_max: String(facts.orderMax),
    time_unit: timeUnit,
    row_order: 'timestamp, source, row' as const,
    parquet_sha256: facts.sha256,
    parquet_size_bytes: facts.sizeBytes,
    compression,
    ...(Object.keys(others).length === 0 ? {} : { column_compression: { ...others } }),
    created_at: createdAt,
    ...(derivedFrom === undefined ? {} : { derived_from: derivedFrom }),
  };
  return prove(claims, { schema, facts, receipt, sources, place, writer });
}

/** A partition that is, or will be, published in `directory`. */
export function partitionDataset(store: ObjectStore, directory: string): PublishedDataset<PartitionManifest> {
  return {
    ...{ store, directory },
    dataName: 'data.parquet',
    manifestName: '_manifest.json',
    hidesStaged: true,
    manifestSchema: partitionManifestSchema,
    place: placeOf,
  };
}
