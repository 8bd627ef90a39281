import { dayText, durationText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { OVERWRITE_WITHOUT_YES_MAX } from '../limits.js';
import { compactUrl, filterConfig, metricsFile, rawUrl } from './keys.js';

/** Configuration of `run`. */
export const runConfig = z.object({
  raw: rawUrl,
  compact: compactUrl,
  mode: z
    .enum(['catch-up', 'daily', 'backfill', 'single'])
    .optional()
    .describe('catch-up (default): every missing day; daily: yesterday; backfill: a range; single: one day'),
  date: dayText.optional().describe('the day of --mode single, YYYYMMDD or YYYY-MM-DD, UTC'),
  dateFrom: dayText
    .optional()
    .describe('first day of --mode backfill')
    .meta({ aliases: ['start'] }),
  dateTo: dayText
    .optional()
    .describe('last day of --mode backfill; the first one when missing')
    .meta({ aliases: ['end'] }),
  ...filterConfig,
  order: z
    .enum(['oldest', 'newest', 'smallest', 'largest'])
    .optional()
    .describe('which days, or which partitions by their bytes, come first; by name when missing'),
  maxDays: z
    .int()
    .positive()
    .optional()
    .describe(
      'most days not looked at before that a run takes; the newest with --order newest, else the oldest',
    ),
  maxPartitions: z
    .int()
    .positive()
    .optional()
    .describe('most partitions that a run compacts; the rest is left for the next one'),
  shard: z
    .string()
    .optional()
    .describe('only this part of the partitions, n/t: together the shards 1/t to t/t do everything'),
  overwrite: z.boolean().default(false).describe('rebuild published partitions as a new generation'),
  onCorrupt: z
    .enum(['fail', 'skip'])
    .default('fail')
    .describe(
      'what a damaged file does to its partition: fail, it is not published; skip, it is published without the file, marked incomplete',
    ),
  retryQuarantine: z
    .boolean()
    .default(false)
    .describe('judge partitions in quarantine again, though their files are the same'),
  yes: z
    .boolean()
    .default(false)
    .describe(`really overwrite more than ${OVERWRITE_WITHOUT_YES_MAX} partitions`),
  fresh: z
    .boolean()
    .default(false)
    .describe(
      'without a state document, begin with yesterday instead of rebuilding it from what is published',
    ),
  lateDays: z
    .int()
    .nonnegative()
    .default(7)
    .describe('days back in which a catch-up merges files that came late'),
  workers: z
    .int()
    .positive()
    .default(1)
    .describe('partitions at once, each in a process (with --no-isolate: a thread) of its own'),
  memory: sizeText.prefault('1GiB').describe('memory budget of the whole run, e.g. 512MiB'),
  isolate: z
    .boolean()
    .default(true)
    .describe('read spool files in processes of their own, ended when they hang or take too much memory'),
  isolateTimeout: durationText
    .prefault('30s')
    .describe(
      'longest time such a process may get nowhere, and a second more per 10 MiB of the largest file',
    ),
  isolateMemory: sizeText
    .prefault('512MiB')
    .describe('memory such a process may take beyond its share of --memory'),
  plan: z.boolean().default(false).describe('print what would be done and write nothing'),
  qualityGate: z
    .enum(['off', 'report', 'skip'])
    .default('off')
    .describe(
      'days that the quality ledger of the collector calls BAD or PARTIAL: compact them, say so too, or leave them (exit 3)',
    ),
  compression: z.enum(['zstd', 'snappy', 'none']).default('zstd').describe('codec of data.parquet'),
  zstdLevel: z.int().min(1).max(19).default(3).describe('level of zstd'),
  copyPages: z
    .boolean()
    .default(false)
    .describe('copy large row groups of spool files as they are stored where codec and order allow it'),
  rowGroupRows: z.int().positive().default(100_000).describe('rows of a row group'),
  pageRows: z.int().positive().default(20_000).describe('rows of a page'),
  openMax: z
    .int()
    .min(2)
    .default(500)
    .describe('most spool files merged at once; more go through intermediate files'),
  tsUnit: z
    .enum(['ms', 'us', 'ns'])
    .optional()
    .describe('unit of an integer ts_event, for counting rows of other days; never guessed'),
  scratch: z
    .string()
    .optional()
    .describe('local directory for unfinished files; beside the partitions when those are local')
    .meta({ path: true }),
  metricsFile,
  webhook: z
    .string()
    .min(1)
    .optional()
    .describe('post how the run ended, as JSON, to this URL, https or of this machine')
    .meta({ secret: true }),
  webhookOn: z
    .enum(['failure', 'always'])
    .default('failure')
    .describe('after which runs: those that end neither 0 nor by a signal, or all but the latter'),
});

/** What {@link runConfig} comes to. */
export type RunConfig = z.infer<typeof runConfig>;
