import { dayText, durationText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { makingFlags, uploadFlags } from './export-flags.js';

const store = z.string().min(1);

/** Configuration of `weekly`. */
export const weeklyConfig = z.object({
  endDay: dayText
    .optional()
    .describe('last day of the window, YYYY-MM-DD or YYYYMMDD, UTC; yesterday when missing'),
  days: z.int().min(1).max(366).default(7).describe('days of the window'),
  bucket: store
    .optional()
    .describe(
      'store that has tier3/daily/ and, with --upload, gets tier2/weekly/, e.g. r2://instrumetriq-datasets',
    )
    .meta({ path: true }),
  inputDir: store
    .optional()
    .describe('read the days from a local export instead, e.g. output/tier3_daily')
    .meta({ path: true }),
  outputDir: store
    .default('output/tier2_weekly')
    .describe(
      'local folder, or store URL, of the builds: YYYY-MM-DD/dataset_entries_7d.parquet and manifest.json',
    )
    .meta({ path: true, aliases: ['local-out'] }),
  ...uploadFlags('build'),
  waitForInputs: durationText
    .prefault('0s')
    .describe('how long days that are not there yet are waited for, e.g. 2h'),
  ...makingFlags('build'),
});

/** What {@link weeklyConfig} comes to. */
export type WeeklyConfig = z.infer<typeof weeklyConfig>;
