import { sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';

const text = z.string().min(1);
const keys = z.array(text).default([]);

/** `+03:00` as minutes. */
const utcOffset = z.string().transform((given, context): number => {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(given);
  const minutes = Number(match?.[2]) * 60 + Number(match?.[3]);
  if (match !== null && Number(match[3]) < 60 && minutes <= 14 * 60)
    return match[1] === '-' ? -minutes : minutes;
  context.issues.push({ code: 'custom', message: 'expected an offset such as +03:00', input: given });
  return z.NEVER;
});

const codec = z.enum(['zstd', 'snappy', 'none']);

/** `volume=zstd:9` as options of a column. */
const columnCompression = z.string().transform((given, context) => {
  const [, column, name, level] = /^([a-z_]+)=([a-z]+)(?::(\d{1,2}))?$/.exec(given) ?? [];
  const compression = codec.safeParse(name);
  const zstdLevel = Number(level ?? 0);
  const isLevel = level === undefined || (name === 'zstd' && zstdLevel >= 1 && zstdLevel <= 22);
  if (column !== undefined && compression.success && isLevel)
    return { column, compression: compression.data, ...(level === undefined ? {} : { zstdLevel }) };
  const message = 'expected a column and a codec such as trade_id=snappy or volume=zstd:9';
  context.issues.push({ code: 'custom', message, input: given });
  return z.NEVER;
});

/** Configuration of `convert`. */
export const convertConfig = z.object({
  symbol: text.describe('symbol, as the names of sources have it, e.g. BTCUSDT'),
  exchange: text.default('binance').describe('exchange, as it is to stand in the paths'),
  timeframe: text.default('1m').describe('timeframe of the klines, e.g. 1m or 4h'),
  resample: z
    .array(text)
    .default([])
    .describe('longer timeframes to make bars of from those that are published, e.g. 5m,15m,1h,4h,1d'),
  dataDir: text.default('data_cache').describe('folder, or store URL, of the sources').meta({ path: true }),
  outputDir: text
    .optional()
    .describe('folder, or store URL, of the datasets; unified in --data-dir when missing')
    .meta({ path: true }),
  forceRerun: z.boolean().default(false).describe('read and publish everything again, changed or not'),
  plan: z.boolean().default(false).describe('print which sources there are and write nothing'),
  maxFiles: z
    .int()
    .min(1)
    .optional()
    .describe(
      'read at most so many sources of each dataset; the metadata then says partial (BLANK_TRAINING_MODE=1 means 2)',
    ),
  klines: keys
    .describe('a source of klines, by its name below --data-dir, instead of those found there')
    .meta({ path: true }),
  aggtrades: keys.describe('a source of aggtrades, likewise').meta({ path: true }),
  futures: keys.describe('a source of futures, likewise').meta({ path: true }),
  timeUnit: z
    .enum(['original', 'ms', 'us'])
    .default('original')
    .describe('unit of the times of aggtrades and futures; klines have milliseconds'),
  sourceTimeUnit: z
    .enum(['s', 'ms', 'us', 'ns'])
    .optional()
    .describe(
      'unit of the times in the sources; when missing, their size tells milliseconds from microseconds',
    ),
  utcOffset: utcOffset
    .optional()
    .describe(
      'how far the clock of times without a zone was ahead of UTC, e.g. +03:00; they are refused when missing',
    ),
  partitionBy: z
    .enum(['day', 'month'])
    .optional()
    .describe(
      'what partitions of futures are by, which are few; as they are published when missing, else by day',
    ),
  compression: codec.default('zstd').describe('codec of what is published from now on'),
  compressionLevel: z.int().min(1).max(22).default(3).describe('level of zstd'),
  columnCompression: z
    .array(columnCompression)
    .default([])
    .describe('another codec for a column, e.g. trade_id=snappy, or another level, e.g. volume=zstd:9'),
  withoutDictionary: z
    .array(text)
    .default([])
    .describe('a column that is stored without a dictionary, e.g. trade_price'),
  bloomFilter: z
    .array(text)
    .default([])
    .describe('a column whose row groups have bloom filters, e.g. trade_id; none has when missing'),
  storePartitionColumns: z
    .boolean()
    .default(false)
    .describe('store in the files what their directories say: exchange, symbol, year …'),
  backup: z.boolean().default(true).describe('copy what is replaced to --backup-dir before'),
  backupDir: text
    .optional()
    .describe('folder, or store URL, of backups; backup_pre_unified in --data-dir when missing')
    .meta({ path: true }),
  logDir: text
    .optional()
    .describe('folder, or store URL, of step1_5_converter.log; log in --data-dir when missing')
    .meta({ path: true }),
  emoji: z.boolean().default(true).describe('on a terminal, begin lines with an emoji for what they tell'),
  memory: sizeText.prefault('256MiB').describe('memory budget for rows, e.g. 256MiB'),
  threads: z
    .int()
    .min(1)
    .max(2)
    .default(2)
    .describe(
      'threads that read, publish and validate where there is much to do; they share --memory, and what is published is the same',
    ),
  scratch: z
    .string()
    .optional()
    .describe('local folder for unfinished files; in the folder of the datasets when that is local')
    .meta({ path: true }),
});

/** What {@link convertConfig} comes to. */
export type ConvertConfig = z.infer<typeof convertConfig>;
