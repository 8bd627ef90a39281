import { compactDay } from '@ticklake/core';
import {
  contentSchema,
  proofShape,
  prove,
  sha256Hex,
  wholeCount,
  type DataPlace,
  type FileFacts,
  type Receipt,
} from '@ticklake/manifest';
import { z } from 'zod';
import { HOURS, type ArchiveDay } from '../../archive/archive-day.js';
import { dashedDay, microsText, offsetInstant, zInstant } from '../manifest-texts.js';
import { DROPPED_COLUMNS, ENTRY_SCHEMA_VERSION, TIER3_SCHEMA } from './columns.js';
import type { WrittenDay, WrittenHour } from './write-day.js';

/** Version of what an export is: of the manifest's keys, and of how entries become columns. */
export const EXPORT_VERSION = '2.1';

const hourSchema = z.looseObject({
  hour: z.int().min(0).max(23).describe('of the day, UTC'),
  present: z.boolean().describe('whether its file is there'),
  complete: z.boolean().describe('whether all of its file was read'),
  rows: wholeCount.describe('entries taken from it'),
  bytes: wholeCount.describe('size of its file'),
  sha256: sha256Hex.nullable().describe('of its file'),
  damage: z.string().nullable().describe('the code of what ended it early, with --allow-incomplete'),
});

const storedBytesSchema = z.looseObject({
  name: z.string().describe('of the column'),
  size_bytes: wholeCount.describe('of its stored bytes'),
  sha256: sha256Hex.describe('of its stored bytes'),
});

/** `manifest.json` of a day of tier 3 (T3-17). Its first keys are those of the guide, in their order. Unknown keys survive. */
export const tier3ManifestSchema = z.looseObject({
  date_utc: dashedDay.describe('the day'),
  created_ts_utc: offsetInstant.describe('when the export was made'),
  row_count: wholeCount.describe('entries'),
  schema_versions: z.array(z.int()).describe('values of meta.schema_version, ascending'),
  min_added_ts: zInstant.nullable().describe('the earliest meta.added_ts'),
  max_added_ts: zInstant.nullable().describe('the latest meta.added_ts'),
  parquet_sha256: sha256Hex.describe('of the data object'),
  compression: z.literal('zstd').describe('codec of the data object'),
  tier: z.literal('tier3').describe('which tier'),
  export_version: z.string().describe('version of how entries become columns'),
  partition_basis: z.literal('archive_folder_utc_day').describe('what decides which day an entry is of'),
  archive_day: z
    .string()
    .regex(/^\d{8}$/)
    .describe('the folder of the archive'),
  hours_expected: z.literal(24).describe('hours of a complete day'),
  hours_found: wholeCount.describe('hours that are there and were read to their end'),
  dropped_columns: z.array(z.string()).describe('blocks that are always empty and have no column'),
  null_semantics: z.record(z.string(), z.string()).describe('what null means'),
  schema_version: z.string().describe('version of the entries'),
  parquet_size_bytes: wholeCount.describe('size of the data object'),
  complete: z.boolean().describe('whether all 24 hours were read to their end'),
  missing_hours: z.array(z.int()).describe('hours that are not there or were not read to their end'),
  hours: z.array(hourSchema).length(24).describe('each hour'),
  row_order: z.literal('hour, line').describe('the order of the rows'),
  added_other_day_rows: wholeCount.describe(
    'entries added on another day than that of the folder, as expected',
  ),
  unknown_keys: z
    .record(z.string(), wholeCount)
    .describe('keys kept in unknown_json, and how often each was met'),
  ignored_files: z.array(z.string()).describe('names in the folder that are no hour'),
  tier2_columns: z
    .array(storedBytesSchema)
    .optional()
    .describe(
      'the columns that tier 2 has, and what their stored bytes hash to: their chunks, page headers included, one row group after another',
    ),
  tier2_content: contentSchema.optional().describe('what the rows hash to in those columns alone'),
  null_counts: z
    .record(z.string(), wholeCount)
    .optional()
    .describe('entries in which a column is null, by column; since version 2.1'),
  ...proofShape({ period: 'day', inputs: 'hours', source: 'each hour as it was read' }),
});

/** See {@link tier3ManifestSchema}. */
export type Tier3Manifest = z.infer<typeof tier3ManifestSchema>;

/** What a manifest is made of, beside the facts of the file. */
export interface ManifestParts {
  readonly archiveDay: ArchiveDay;
  readonly written: WrittenDay;
  readonly receipt: Receipt;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly writer: string;
}

/** The manifest of a file that lies at `place`. */
export function describeDay(
  { archiveDay, written, receipt, createdAtMs, writer }: ManifestParts,
  facts: FileFacts,
  place: DataPlace,
): Tier3Manifest {
  const { day, ignoredNames } = archiveDay;
  const { entries, projection } = written;
  const missing = missingHours(archiveDay, written.hours);
  const { addedMinUs, addedMaxUs } = entries;
  const claims = {
    date_utc: day,
    created_ts_utc: `${microsText(BigInt(createdAtMs) * 1000n)}+00:00`,
    row_count: facts.rowCount,
    schema_versions: [...entries.schemaVersions],
    min_added_ts: addedMinUs === undefined ? null : `${microsText(addedMinUs)}Z`,
    max_added_ts: addedMaxUs === undefined ? null : `${microsText(addedMaxUs)}Z`,
    parquet_sha256: facts.sha256,
    compression: 'zstd' as const,
    tier: 'tier3' as const,
    export_version: EXPORT_VERSION,
    partition_basis: 'archive_folder_utc_day' as const,
    archive_day: compactDay(day),
    hours_expected: 24 as const,
    hours_found: 24 - missing.length,
    dropped_columns: [...DROPPED_COLUMNS],
    null_semantics: NULL_SEMANTICS,
    schema_version: ENTRY_SCHEMA_VERSION,
    parquet_size_bytes: facts.sizeBytes,
    complete: missing.length === 0,
    missing_hours: [...missing],
    hours: HOURS.map((hour) => describeHour(hour, written.hours)),
    row_order: 'hour, line' as const,
    added_other_day_rows: entries.addedOtherDayRows,
    unknown_keys: Object.fromEntries([...written.unknownKeys].map(([key, count]) => [safeKey(key), count])),
    ignored_files: [...ignoredNames],
    tier2_columns: projection.columns.map(({ name, sizeBytes, sha256 }) => ({
      name,
      size_bytes: sizeBytes,
      sha256,
    })),
    tier2_content: { ...projection.content },
    null_counts: Object.fromEntries(entries.nullCounts),
  };
  const sources = written.hours.map(({ source }) => source);
  return prove(claims, { schema: TIER3_SCHEMA, facts, receipt, sources, place, writer });
}

const NULL_SEMANTICS: Readonly<Record<string, string>> = {
  futures_raw: 'there is no futures contract for the symbol, or none was looked up',
  optional_structs: 'the block was missing, null or {}',
};

/** Hours of which anything is missing. */
export function missingHours(
  { missingHours: absent }: ArchiveDay,
  hours: readonly WrittenHour[],
): readonly number[] {
  const damaged = hours.filter(({ damage }) => damage !== undefined).map(({ hour }) => hour);
  return [...absent, ...damaged].sort((a, b) => a - b);
}

function describeHour(hour: number, hours: readonly WrittenHour[]): Tier3Manifest['hours'][number] {
  const found = hours.find((one) => one.hour === hour);
  if (found === undefined) {
    return { hour, present: false, complete: false, rows: 0, bytes: 0, sha256: null, damage: null };
  }
  const { source, damage } = found;
  return {
    hour,
    present: true,
    complete: damage === undefined,
    rows: source.rows,
    bytes: source.size,
    sha256: source.sha256,
    damage: damage ?? null,
  };
}

/** A key from the archive as a key of a document: `__proto__` would be none of it. */
function safeKey(key: string): string {
  return key === '__proto__' ? '["__proto__"]' : key;
}
