import { dayText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';

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
  dryRun: z.boolean().default(false).describe('write local files only, as without --upload'),
  upload: z.boolean().default(false).describe('publish the local export in --bucket too'),
  bucket: store
    .optional()
    .describe('store that tier3/daily/YYYY-MM-DD/ is published in, e.g. r2://instrumetriq-datasets')
    .meta({ path: true }),
  allowIncomplete: z
    .boolean()
    .default(false)
    .describe('export today, or a day of which hours are missing or damaged; the manifest says so'),
  overwrite: z
    .boolean()
    .default(false)
    .describe('replace an export of other content by a new generation')
    .meta({ aliases: ['force'] }),
  plan: z.boolean().default(false).describe('print which hours there are and write nothing'),
  memory: sizeText.prefault('256MiB').describe('memory budget for rows, e.g. 256MiB'),
  scratch: z
    .string()
    .optional()
    .describe('local folder for unfinished files; in --output-dir when that is local')
    .meta({ path: true }),
});

/** What {@link dailyConfig} comes to. */
export type DailyConfig = z.infer<typeof dailyConfig>;
