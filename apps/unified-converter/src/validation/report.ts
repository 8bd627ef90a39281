import { int64Text, sha256Hex, wholeCount } from '@ticklake/manifest';
import { z } from 'zod';

/** A check that found something. `error` means that the partition is not what it should be; a `warning` may be the market's doing. */
export const checkSchema = z.looseObject({
  check: z.string(),
  severity: z.enum(['error', 'warning']),
  /** Rows, bars or ranges that it was found in. */
  count: wholeCount,
  /** The time of the first of them. */
  first: int64Text.optional(),
  message: z.string(),
});

/** Times at which bars are missing, or incomplete; both are times of such bars. */
export const gapSchema = z.looseObject({ from: int64Text, to: int64Text, bars: wholeCount });

/** One partition, as all its rows were looked at. Unknown keys survive, here and below. */
export const partitionReportSchema = z.looseObject({
  /** Of the data object that was looked at. */
  sha256: sha256Hex,
  rows: wholeCount,
  findings: z.array(checkSchema),
  /** Of bars: the longest ranges that are missing in the day, in order of time. */
  gaps: z.array(gapSchema).optional(),
  /** Of bars that were derived: the longest ranges of bars that lack some of those that they have room for, in order of time. */
  incomplete: z.array(gapSchema).optional(),
  /** What the values span and add up to. */
  statistics: z.record(z.string(), z.union([z.number(), z.string()])),
});

/** How bars compare with those that trades add up to. A report: nothing is changed by it (UC-45). */
export const barsReportSchema = z.looseObject({
  /** Of the bars, and of the trades. */
  klines_sha256: sha256Hex,
  aggtrades_sha256: sha256Hex,
  bars: wholeCount,
  /** Bars whose prices are all the same, and whose volumes differ by less than a billionth. */
  equal: wholeCount,
  /** Bars of which some value differs. */
  differing: wholeCount,
  /** Bars without a trade: with a volume of zero they should have none. */
  without_trades: wholeCount,
  /** Minutes that have trades and no bar. */
  without_bar: wholeCount,
  /** The first time at which they differ. */
  first_differing: int64Text.optional(),
});

/** `validation.json` (UC-27 … UC-32). */
export const validationSchema = z.looseObject({
  schema_version: z.literal('unified/1'),
  updated_at: z.string(),
  datasets: z.record(
    z.string(),
    z.looseObject({
      status: z.enum(['PASS', 'WARN', 'FAIL']),
      rows: wholeCount,
      /** How many partitions each check found something in. */
      findings: z.record(z.string(), wholeCount),
      partitions: z.record(z.string(), partitionReportSchema),
    }),
  ),
  /** By path of the bars' partition. */
  klines_from_aggtrades: z.record(z.string(), barsReportSchema),
});

/** See {@link partitionReportSchema}. */
export type PartitionReport = z.infer<typeof partitionReportSchema>;
/** See {@link barsReportSchema}. */
export type BarsReport = z.infer<typeof barsReportSchema>;
/** See {@link validationSchema}. */
export type Validation = z.infer<typeof validationSchema>;

/** The name of the document, in the folder of all datasets. */
export const VALIDATION_NAME = 'validation.json';
