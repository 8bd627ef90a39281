import type { Schema } from '@ticklake/columnar';
import {
  int64Text,
  multisetHex,
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
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';
import { VIEW_NAMES } from '../layout/layout-document.js';

/** The version of what partitions hold, and of their manifests. */
export const PARTITION_VERSION = 'architecture/1';

/** What candles of a longer timeframe were made of (AP-21). Unknown keys survive. */
export const derivedFromSchema = z.looseObject({
  data_type: z.string().describe('of the candles that they were made of, e.g. `ohlcv_1m`'),
  path: z.string().min(1).describe('the partition of these, from the root of the tier'),
  rows_in: wholeCount.describe('how many it has, each of which is in one candle that was made'),
  rows_out: wholeCount.describe('how many were made of them'),
  incomplete: wholeCount.describe('of these, how many lack some of the candles that they have room for'),
  label: z.literal('left').describe('a candle is named by the time it opens'),
  closed: z.literal('left').describe('and has what opens from then on, up to and without its end'),
  origin: z.literal('00:00Z').describe('where candles are counted from, each day anew'),
});

/** See {@link derivedFromSchema}. */
export type DerivedFrom = z.infer<typeof derivedFromSchema>;

const copySchema = z.looseObject({
  view: z.enum(VIEW_NAMES).describe('which view'),
  path: z.string().min(1).describe('of the copy, from the root of the tier'),
  rows: wholeCount.describe('rows of it: all, or in the availability tier those of its venue or type'),
  sha256: sha256Hex.describe('of it'),
  size_bytes: wholeCount.describe('its size'),
  multiset: multisetHex.describe('what its rows hash to'),
});

/** A copy of rows in another view, as the manifest states it. */
export type ViewCopy = z.infer<typeof copySchema>;

/**
 * The manifest of a partition, beside its rows in the primary view. Its put publishes the partition in every view at once (D-27). Unknown
 * keys survive.
 */
export const partitionManifestSchema = z.looseObject({
  schema_version: z.literal(PARTITION_VERSION).describe('version of this document'),
  tier: z.enum(['execution', 'ml', 'availability']).describe('what the rows are (AP-24)'),
  data_type: z.string().describe('e.g. `trades` or `ohlcv_1m`'),
  timeframe: z.string().optional().describe('of candles'),
  date: z.string().describe('the day, in UTC'),
  venue: z
    .string()
    .optional()
    .describe('of the instrument; of availability there is none, since all venues are in it'),
  instrument_id: z.string().optional().describe('in its canonical form'),
  row_count: wholeCount.describe('rows of the data object'),
  timestamp_min: int64Text.optional().describe('the first time, in the unit of its column'),
  timestamp_max: int64Text.optional().describe('the last'),
  row_order: z.string().describe('the order of the rows'),
  parquet_sha256: sha256Hex.describe('of the data object'),
  parquet_size_bytes: wholeCount.describe('its size'),
  compression: z.string().describe('of its pages'),
  materialized: z.array(z.string()).describe('columns of one value, which the paths say too'),
  copies: z.array(copySchema).describe('the same rows in other views'),
  derived_from: derivedFromSchema.optional().describe('of candles that were made of shorter ones'),
  created_at: z.string().describe('when it was made'),
  ...proofShape({
    period: 'day',
    inputs: 'sources',
    source: 'what each source has of this partition',
  }),
});

/** See {@link partitionManifestSchema}. */
export type PartitionManifest = z.infer<typeof partitionManifestSchema>;

/** What a manifest says that follows from neither the file nor the sources. */
export type PartitionClaims = Pick<
  PartitionManifest,
  | 'tier'
  | 'data_type'
  | 'timeframe'
  | 'date'
  | 'venue'
  | 'instrument_id'
  | 'row_order'
  | 'compression'
  | 'materialized'
  | 'copies'
  | 'derived_from'
  | 'created_at'
>;

/** The manifest of a file that lies at `place`. */
export function describePartition(
  claims: PartitionClaims,
  proof: {
    readonly schema: Schema;
    readonly receipt: Receipt;
    readonly sources: readonly SourceReceipt[];
    readonly writer: string;
    readonly facts: FileFacts;
    readonly place: DataPlace;
  },
): PartitionManifest {
  const { facts } = proof;
  const { tier, data_type, timeframe, date, venue, instrument_id, derived_from } = claims;
  const bounds =
    facts.orderMin === undefined
      ? {}
      : { timestamp_min: String(facts.orderMin), timestamp_max: String(facts.orderMax) };
  // In the order of the schema: the hash of the document is over its keys as they are parsed.
  const document = {
    schema_version: PARTITION_VERSION as typeof PARTITION_VERSION,
    ...{ tier, data_type, timeframe, date, venue, instrument_id },
    row_count: facts.rowCount,
    ...bounds,
    row_order: claims.row_order,
    parquet_sha256: facts.sha256,
    parquet_size_bytes: facts.sizeBytes,
    compression: claims.compression,
    materialized: claims.materialized,
    copies: claims.copies,
    ...(derived_from === undefined ? {} : { derived_from }),
    created_at: claims.created_at,
  };
  return prove(document, proof);
}

/** The manifest beside a data object: `…/trades.parquet` has `…/_trades.json`. Readers of directories pass over names that begin with `_`. */
export function manifestNameOf(dataName: string): string {
  return `_${dataName.replace(/\.parquet$/, '')}.json`;
}

/** The data object that a manifest by this name is of; `undefined` for any other name. */
export function dataNameOf(name: string): string | undefined {
  const [, stem] = /^_(.+)\.json$/.exec(name) ?? [];
  return stem === undefined ? undefined : `${stem}.parquet`;
}

/** A partition that is, or will be, published at `path` in the primary view. */
export function partitionDataset(store: ObjectStore, path: string): PublishedDataset<PartitionManifest> {
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  const dataName = path.slice(directory.length);
  return {
    ...{ store, directory, dataName },
    manifestName: manifestNameOf(dataName),
    hidesStaged: true,
    manifestSchema: partitionManifestSchema,
    place: placeOf,
  };
}
