import { dayText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { makingFlags, uploadFlags } from './export-flags.js';

const store = z.string().min(1);

/** Configuration of `daily`. */
export const dailyConfig = z.object({
  archive: store
    .describe('store of the archive, which has YYYYMMDD/HH.jsonl.gz: a path or a store URL')
    .meta({ path: true, aliases: ['archive-path'] }),
  outputDir: store
    .default('output/tier3_daily')
    .describe('local folder, or store URL, of the exports: YYYY-MM-DD/data.parquet and manifest.json')
    .meta({ path: true, aliases: ['out-dir'] }),
  date: z
    .array(dayText)
    .default([])
    .describe('a day to export, YYYY-MM-DD or YYYYMMDD, UTC; yesterday when missing'),
  ...uploadFlags('export'),
  bucket: store
    .optional()
    .describe('store that tier3/daily/YYYY-MM-DD/ is published in, e.g. r2://instrumetriq-datasets')
    .meta({ path: true }),
  allowIncomplete: z
    .boolean()
    .default(false)
    .describe('export today, or a day of which hours are missing or damaged; the manifest says so'),
  plan: z.boolean().default(false).describe('print which hours there are and write nothing'),
  ...makingFlags('export'),
  threads: z
    .int()
    .min(1)
    .max(2)
    .default(2)
    .describe(
      'threads that work on a day of a usual size; they share --memory, and what is exported is the same',
    ),
});

/** What {@link dailyConfig} comes to. */
export type DailyConfig = z.infer<typeof dailyConfig>;
