import type { Schema } from '@ticklake/columnar';
import { REST_COLUMN, TIER2_COLUMNS, TIER3_SCHEMA } from '../tier3/columns.js';

/** Columns of tier 3 that tier 2 has: no other is ever in it (T2-07, C-26). */
export const INCLUDED_COLUMNS = TIER2_COLUMNS;

/** Columns that tier 2 leaves out on purpose (T2-08). */
export const EXCLUDED_COLUMNS = [
  'futures_raw',
  'spot_prices',
  'flags',
  'diag',
  'twitter_sentiment_windows',
] as const;

/** The columns of tier 2, in the order of tier 3. */
export const TIER2_SCHEMA: Schema = {
  fields: TIER3_SCHEMA.fields.filter(({ name }) => (INCLUDED_COLUMNS as readonly string[]).includes(name)),
};

/** What is done with the columns of the days of a week. */
export interface ColumnPolicy {
  /** In all days and in the week. */
  readonly included: readonly string[];
  /** In some day and not in the week (C-25). */
  readonly excluded: readonly string[];
  /** Of the excluded, those that nobody has decided about (T2-09). */
  readonly unclassified: readonly string[];
}

/** The policy for days of these columns. */
export function columnPolicy(schemas: readonly Schema[]): ColumnPolicy {
  const found = [...new Set(schemas.flatMap(({ fields }) => fields.map(({ name }) => name)))];
  const included = TIER2_SCHEMA.fields.map(({ name }) => name);
  const excluded = found.filter((name) => !included.includes(name));
  const decided: readonly string[] = [...EXCLUDED_COLUMNS, REST_COLUMN];
  return { included, excluded, unclassified: excluded.filter((name) => !decided.includes(name)) };
}
