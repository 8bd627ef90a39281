import type { Schema } from '@ticklake/columnar';
import type { UtcDay } from '@ticklake/core';
import {
  proofShape,
  prove,
  sha256Hex,
  wholeCount,
  type DataPlace,
  type FileFacts,
  type Receipt,
} from '@ticklake/manifest';
import { z } from 'zod';
import { dashedDay, microsText, offsetInstant } from '../manifest-texts.js';
import { ENTRY_SCHEMA_VERSION } from '../tier3/columns.js';
import { EXCLUDED_COLUMNS, type ColumnPolicy } from './columns.js';
import type { InputDay } from './read-days.js';
import type { WrittenWeek } from './write-week.js';

const names = z.array(z.string());

const inputSchema = z.looseObject({
  day: dashedDay.describe('the day'),
  key: z.string().describe('of the data object'),
  sha256: sha256Hex.describe('of the data object, as its manifest says'),
  size_bytes: wholeCount.describe('of the data object'),
  row_count: wholeCount.describe('entries taken, which are all of the day'),
  complete: z.boolean().describe('whether the day has all its hours'),
  copied: z.boolean().optional().describe('whether its columns were copied as they are stored'),
});

/** `manifest.json` of a week of tier 2 (T2-13 … T2-18). Its first keys are those of the guide, in their order. Unknown keys survive. */
export const tier2ManifestSchema = z.looseObject({
  schema_version: z.string().describe('version of the entries'),
  tier: z.literal('tier2').describe('which tier'),
  window: z
    .looseObject({
      start_day: dashedDay,
      end_day: dashedDay,
      days_included: z.array(dashedDay),
    })
    .describe('the days'),
  build_ts_utc: offsetInstant.describe('when it was built'),
  source_inputs: names.describe('the days of tier 3 it was built from, by their published names'),
  row_count: wholeCount.describe('entries'),
  column_policy: z
    .looseObject({
      included_top_level_columns: names,
      excluded_top_level_columns: names,
      explicit_exclusions: names,
    })
    .describe(
      'columns of the week; those that are in its days and not in it; and those that are left out on purpose',
    ),
  parquet_sha256: sha256Hex.describe('of the data object'),
  parquet_size_bytes: wholeCount.describe('size of the data object'),
  source_inputs_detail: z.array(inputSchema).describe('each day'),
  incomplete_days: z.array(dashedDay).describe('days that say themselves that hours are missing'),
  unclassified: names.describe('excluded columns that nobody has decided about'),
  duplicate_session_rows: wholeCount.describe(
    'entries whose meta.session_id an earlier one has; they are kept',
  ),
  row_order: z.literal('day, row').describe('the order of the rows'),
  ...proofShape({
    period: 'week',
    inputs: 'days',
    source: 'each day, as far as its columns are in the week',
  }),
});

/** See {@link tier2ManifestSchema}. */
export type Tier2Manifest = z.infer<typeof tier2ManifestSchema>;

/** What a manifest is made of, beside the facts of the file. */
export interface WeekParts {
  readonly days: readonly InputDay[];
  readonly schema: Schema;
  readonly written: WrittenWeek;
  readonly policy: ColumnPolicy;
  readonly receipt: Receipt;
  /** Of a day, as it is called where it is published. */
  publishedKey(day: UtcDay): string;
  /** Milliseconds since 1970. */
  readonly builtAtMs: number;
  readonly writer: string;
}

/** The manifest of a file that lies at `place`. */
export function describeWeek(
  { days, schema, written, policy, receipt, publishedKey, builtAtMs, writer }: WeekParts,
  facts: FileFacts,
  place: DataPlace,
): Tier2Manifest {
  const included = days.map(({ day }) => day);
  const claims = {
    schema_version: ENTRY_SCHEMA_VERSION,
    tier: 'tier2' as const,
    window: {
      start_day: included[0] as UtcDay,
      end_day: included.at(-1) as UtcDay,
      days_included: included,
    },
    build_ts_utc: `${microsText(BigInt(builtAtMs) * 1000n)}+00:00`,
    source_inputs: included.map(publishedKey),
    row_count: facts.rowCount,
    column_policy: {
      included_top_level_columns: [...policy.included],
      excluded_top_level_columns: [...policy.excluded],
      explicit_exclusions: [...EXCLUDED_COLUMNS],
    },
    parquet_sha256: facts.sha256,
    parquet_size_bytes: facts.sizeBytes,
    source_inputs_detail: days.map(({ day, manifest: input, data, projection }) => ({
      day,
      key: data.meta.key,
      sha256: input.parquet_sha256,
      size_bytes: data.size,
      row_count: input.row_count,
      complete: input.complete,
      copied: projection !== undefined,
    })),
    incomplete_days: days.filter(({ manifest: input }) => !input.complete).map(({ day }) => day),
    unclassified: [...policy.unclassified],
    duplicate_session_rows: written.duplicateSessionRows,
    row_order: 'day, row' as const,
  };
  const { sources } = written;
  return prove(claims, { schema, facts, receipt, sources, place, writer });
}
