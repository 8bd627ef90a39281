import {
  compactDayText,
  contentSchema,
  int64Text,
  receiptSchema,
  sha256Hex,
  siblingName,
  sourceReceiptSchema,
  utcInstant,
  wholeCount,
} from '@ticklake/manifest';
import { z } from 'zod';

/** Where the state document lives in the compact store (spec row CM-16). */
export const STATE_KEY = 'compacted/_state.json';

/**
 * `meta.json` beside `data.parquet`: the commit point of a partition. Seven fields are those of the pipeline notes
 * (rows MF-01…07), the rest are ours; unknown keys survive.
 */
export const metaSchema = z.looseObject({
  row_count: z.int().nonnegative(),
  schema_version: z.literal('v1'),
  /** In the unit of the source's `ts_event`; null when there is no row. */
  ts_event_min: int64Text.nullable(),
  ts_event_max: int64Text.nullable(),
  /** Of the bytes of the data object. */
  sha256: sha256Hex,
  created_at: z.string(),
  source_files: z.int().nonnegative(),
  stream_type: z.string(),
  ordering_columns: z.array(z.string()),
  /** Known only where the file's own type says it. */
  ts_unit: z.enum(['ms', 'us', 'ns']).nullable(),
  size_bytes: z.int().nonnegative(),
  schema_sha256: sha256Hex,
  /** Relative key of the data object; `data.parquet` except between a replacement and its normalisation. */
  data: siblingName,
  /** The store's version of the data object when it was committed. */
  etag: z.string(),
  generation: z.int().positive(),
  content: contentSchema,
  /** Rows whose `ts_event` is of another UTC day; null when the unit is not known. */
  out_of_day_rows: z.int().nonnegative().nullable(),
  writer: z.string(),
  /** Its `quarantined` names the damaged files whose rows are not in the data, and how many rows each had (MF-16). */
  receipt: receiptSchema,
  /** Whether every file of the spool is in the data; true of what was published before this was said. */
  complete: z.boolean().default(true),
  sources: z.array(sourceReceiptSchema),
  /** Set by a rollback to an older generation: nothing is merged into it until an overwrite lifts this. */
  held: z.looseObject({ since: utcInstant, generation: z.int().positive() }).optional(),
});

/** What {@link metaSchema} describes. */
export type Meta = z.infer<typeof metaSchema>;

/**
 * `sources-collected.json` beside `meta.json`: the spool files that `gc-raw` has deleted, or was about to, after it had proved
 * that the partition holds their rows (spec row CM-36, invariant I8). Wire names; unknown keys survive.
 */
export const collectedSchema = z.looseObject({
  version: z.literal(1),
  sources: z.array(
    z.looseObject({ name: z.string().min(1), size: wholeCount, sha256: sha256Hex, collected_at: z.string() }),
  ),
});

/** How one partition of one day stands. */
export const partitionStateSchema = z.looseObject({
  status: z.enum(['success', 'quarantine', 'failed', 'stale']),
  rows: z.int().nonnegative().optional(),
  total_size_bytes: z.int().nonnegative().optional(),
  updated_at: z.string(),
  error_type: z.string().optional(),
  failing_key: z.string().optional(),
  error: z.string().optional(),
  /** What the inputs were when this was decided; an unchanged partition is not judged again. */
  inputs: z.string().optional(),
  /** With `quarantine`: false when the partition is published without its damaged files (MF-16). */
  complete: z.literal(false).optional(),
  /** With `quarantine`: `skip` when it was decided by a run that was told to leave damaged files out. */
  on_corrupt: z.literal('skip').optional(),
});

/** What {@link partitionStateSchema} describes. */
export type PartitionState = z.infer<typeof partitionStateSchema>;

/** {@link PartitionState} before it is written: the time is the document's to set. */
export type PartitionChange = Pick<
  PartitionState,
  | 'status'
  | 'rows'
  | 'total_size_bytes'
  | 'error_type'
  | 'failing_key'
  | 'error'
  | 'inputs'
  | 'complete'
  | 'on_corrupt'
>;

const partitionIdText = z
  .string()
  .regex(/^[^/]+\/[^/]+\/[^/]+\/\d{8}$/, 'not exchange/stream/symbol/YYYYMMDD');

/**
 * `compacted/_state.json` (rows CM-16…19): a cache of the published partitions and the quarantine, safe to delete.
 * `partitions` is keyed `exchange/stream/symbol/YYYYMMDD`, `days` by `YYYYMMDD`.
 */
export const stateSchema = z.looseObject({
  version: z.literal(1).optional(),
  /** The last day before the first unfinished one. */
  last_compacted_date: compactDayText.nullable().optional(),
  updated_at: z.string().optional(),
  /** Rebuilt from the published partitions: the next catch-up looks at every day again before it trusts them. */
  unconfirmed: z.literal(true).optional(),
  partitions: z.record(partitionIdText, partitionStateSchema).default({}),
  days: z
    .record(
      compactDayText,
      z.looseObject({
        /** `open`: a partition was left for another run. */
        status: z.enum(['success', 'quarantine', 'failed', 'stale', 'empty', 'open']),
        updated_at: z.string(),
      }),
    )
    .default({}),
});

/** What {@link stateSchema} describes. */
export type State = z.infer<typeof stateSchema>;
