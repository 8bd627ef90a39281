import { dayText, durationText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';

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
  dryRun: z.boolean().default(false).describe('write local files only, as without --upload'),
  upload: z.boolean().default(false).describe('publish the local build in --bucket too'),
  waitForInputs: durationText
    .prefault('0s')
    .describe('how long days that are not there yet are waited for, e.g. 2h'),
  overwrite: z
    .boolean()
    .default(false)
    .describe('replace a build of other content by a new generation')
    .meta({ aliases: ['force'] }),
  memory: sizeText.prefault('256MiB').describe('memory budget for rows, e.g. 256MiB'),
  scratch: z
    .string()
    .optional()
    .describe('local folder for unfinished files; in --output-dir when that is local')
    .meta({ path: true }),
});

/** What {@link weeklyConfig} comes to. */
export type WeeklyConfig = z.infer<typeof weeklyConfig>;
