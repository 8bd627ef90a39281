import { dayText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { root, text, tier } from './common.js';

/** Which tier of which lake. */
const place = {
  tier,
  lake: text.describe('folder, or store URL, that the tiers were published in').meta({ path: true }),
  root,
};

/** Configuration of `verify`. */
export const verifyConfig = z.object({
  ...place,
  date: dayText.optional().describe('only partitions of this day'),
  dateTo: dayText.optional().describe('last day of a range that begins with --date'),
  memory: sizeText.prefault('256MiB').describe('memory budget for rows, e.g. 256MiB'),
});

/** What {@link verifyConfig} comes to. */
export type VerifyConfig = z.infer<typeof verifyConfig>;

/** Configuration of `coverage`. */
export const coverageConfig = z.object({
  ...place,
  gaps: z.boolean().default(false).describe('only what lacks a day between its first and its last'),
});

/** What {@link coverageConfig} comes to. */
export type CoverageConfig = z.infer<typeof coverageConfig>;

/** Configuration of `sql`. */
export const sqlConfig = z.object({
  ...place,
  dialect: z.enum(['duckdb', 'bigquery']).default('duckdb').describe('for which engine'),
  dataset: text.default('market_data').describe('of BigQuery, which the tables are created in'),
  connection: text
    .optional()
    .describe('of BigQuery, e.g. eu.lake: tables are BigLake tables of it, and external tables when missing'),
});

/** What {@link sqlConfig} comes to. */
export type SqlConfig = z.infer<typeof sqlConfig>;
