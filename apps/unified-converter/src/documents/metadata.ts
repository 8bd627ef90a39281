import { int64Text, multisetHex, sha256Hex, wholeCount } from '@ticklake/manifest';
import { typeText, type Schema } from '@ticklake/columnar';
import type { UnifiedDataset } from '@ticklake/market';
import { z } from 'zod';
import { derivedFromSchema } from '../partitions/manifest.js';

const timeUnit = z.enum(['ms', 'us']);

/** One source, and how it was read. Unknown keys survive, here and below. */
export const sourceEntrySchema = z.looseObject({
  name: z.string().min(1),
  size: wholeCount,
  /** The store's version, by which a source is known to be unchanged. */
  etag: z.string(),
  sha256: sha256Hex,
  format: z.string(),
  /** Whether its bytes were compared with a `.CHECKSUM` beside it. */
  checksum_verified: z.boolean(),
  rows: wholeCount,
  dialect: z.string(),
  delimiter: z.string().nullable(),
  has_header: z.boolean(),
  /** Columns that nothing is kept of. */
  unmapped: z.array(z.string()),
  source_time_unit: z.enum(['s', 'ms', 'us', 'ns']).nullable(),
  /** Decimals of which a double cannot give back every digit. */
  rounded_decimals: wholeCount,
  /** The days it has rows of; of a dataset by month, the months. */
  days: z.array(z.string()),
});

/** One partition that is published. */
export const partitionEntrySchema = z.looseObject({
  path: z.string().min(1),
  rows: wholeCount,
  size_bytes: wholeCount,
  sha256: sha256Hex,
  multiset: multisetHex,
  timestamp_min: int64Text,
  timestamp_max: int64Text,
  /** What its bars were made of, as its manifest says; only where they were. */
  derived_from: derivedFromSchema.optional(),
});

/** What a dataset of derived bars was made of (UC-41). */
const derivedDatasetSchema = z.looseObject({
  ...derivedFromSchema.pick({ dataset: true, timeframe: true, label: true, closed: true, origin: true })
    .shape,
  /** Of all partitions. */
  rows_in: wholeCount,
  bars_out: wholeCount,
  incomplete_bars: wholeCount,
  /** Partitions of `dataset` that no bars could be made of, or none of what they have now, and why. */
  not_made: z.array(z.looseObject({ path: z.string(), code: z.string() })),
});

/** One dataset: a market's bars, trades or fundings. */
export const datasetEntrySchema = z.looseObject({
  exchange: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  rows: wholeCount,
  /** Whether sources that are there were left out, by `--max-files` or `BLANK_TRAINING_MODE`. */
  partial: z.boolean(),
  time_unit: timeUnit,
  timestamp_min: int64Text,
  timestamp_max: int64Text,
  /** What sources were read with; other settings read them again. */
  settings: z.string(),
  /** Which kind of sources was found. */
  source_kind: z.string(),
  /** Only where partitions are not by day (D-23). */
  partition_by: z.literal('month').optional(),
  columns: z.array(
    z.looseObject({
      name: z.string(),
      type: z.string(),
      nullable: z.boolean(),
      /** In the files, or in the names of their directories. */
      in: z.enum(['file', 'path']),
    }),
  ),
  /** None of bars that were derived. */
  sources: z.array(sourceEntrySchema),
  /** Only where the bars were made of shorter ones. */
  derived_from: derivedDatasetSchema.optional(),
  partitions: z.array(partitionEntrySchema),
});

const dataTypeSchema = z.looseObject({
  /** Of all its datasets. */
  rows: wholeCount,
  /** By path, such as `klines/binance_BTCUSDT_1m`. */
  datasets: z.record(z.string(), datasetEntrySchema),
});

/** `metadata.json` (UC-25): what is published, of which sources. */
export const metadataSchema = z.looseObject({
  schema_version: z.literal('unified/1'),
  tool: z.string(),
  updated_at: z.string(),
  data_types: z.record(z.string(), dataTypeSchema),
});

/** See {@link metadataSchema}. */
export type Metadata = z.infer<typeof metadataSchema>;
/** See {@link datasetEntrySchema}. */
export type DatasetEntry = z.infer<typeof datasetEntrySchema>;
/** See {@link sourceEntrySchema}. */
export type SourceEntry = z.infer<typeof sourceEntrySchema>;
/** See {@link partitionEntrySchema}. */
export type PartitionEntry = z.infer<typeof partitionEntrySchema>;

/** The name of the document, in the folder of all datasets. */
export const METADATA_NAME = 'metadata.json';

/** What a dataset's columns are, and where they stand. */
export function columnEntries({ schema }: UnifiedDataset, stored: Schema): DatasetEntry['columns'] {
  const inFile = new Set(stored.fields.map(({ name }) => name));
  return schema.fields.map(({ name, type, nullable }) => ({
    name,
    type: typeText(type) === 'utf8' ? 'string' : typeText(type),
    nullable,
    in: inFile.has(name) ? 'file' : 'path',
  }));
}

/** `metadata` with datasets added or replaced, and rows counted anew. */
export function withDatasets(
  metadata: Metadata | undefined,
  entries: readonly { readonly dataType: string; readonly path: string; readonly entry: DatasetEntry }[],
  { tool, updatedAt }: { readonly tool: string; readonly updatedAt: string },
): Metadata {
  const types = { ...metadata?.data_types };
  for (const { dataType, path, entry } of entries) {
    const before = types[dataType];
    // What was derived and is converted now does not stay derived.
    const { derived_from: _, ...known }: Partial<DatasetEntry> = before?.datasets[path] ?? {};
    const datasets = { ...before?.datasets, [path]: { ...known, ...entry } };
    const rows = Object.values(datasets).reduce((sum, one) => sum + one.rows, 0);
    types[dataType] = { ...before, rows, datasets };
  }
  return { ...metadata, schema_version: 'unified/1', tool, updated_at: updatedAt, data_types: types };
}
