import { dayText } from '@ticklake/cli-kit';
import { z } from 'zod';

/** A path or a store URL; which of them are known is for the storage library to say. */
const store = z.string().min(1);

/** `--compact`: where partitions are published. */
export const compactUrl = store
  .describe('store of the published partitions: a path or a store URL')
  .meta({ path: true });

/** `--raw`: where the spool is. */
export const rawUrl = store.describe('store of the spool files: a path or a store URL').meta({ path: true });

/** `--metrics-file`: for a monitor. */
export const metricsFile = z
  .string()
  .min(1)
  .optional()
  .describe('write figures for Prometheus to this file; for node_exporter its name ends in .prom')
  .meta({ path: true });

const names = (what: string, alias: string) =>
  z
    .array(z.string())
    .default([])
    .describe(`only these ${what}: names or globs; those after a ! are left out`)
    .meta({ aliases: [alias] });

/** Which partitions a command looks at; empty lists mean all. */
export const filterConfig = {
  exchange: names('exchanges', 'exchanges'),
  stream: names('streams', 'streams'),
  symbol: names('symbols', 'symbols'),
  symbolsFile: z
    .string()
    .min(1)
    .optional()
    .describe('file with more for --symbol, one a line; # begins a comment'),
};

/** What {@link filterConfig} comes to. */
export type FilterConfig = z.infer<z.ZodObject<typeof filterConfig>>;

/** `--yes`: what has to be confirmed before something published or recorded is changed. */
export const confirmed = (what: string) => z.boolean().default(false).describe(what);

/** Which days a command looks at, one or a range that may be open; all where none is named. */
export const daysConfig = {
  date: dayText.optional().describe('only this day, YYYYMMDD or YYYY-MM-DD'),
  dateFrom: dayText
    .optional()
    .describe('only days from this one on')
    .meta({ aliases: ['start'] }),
  dateTo: dayText
    .optional()
    .describe('only days up to this one')
    .meta({ aliases: ['end'] }),
};
