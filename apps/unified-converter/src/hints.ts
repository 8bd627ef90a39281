const CELL = 'mend or replace the source; nothing was published';

/** What an operator does about errors of this app, by code; for all others `cli-kit` has some. */
export const HINTS: Readonly<Record<string, string>> = {
  BACKUP: 'look at the disk of --backup-dir; nothing was replaced',
  BACKUP_SOURCE: 'somebody else writes to the datasets; run again',
  CHECKSUM: 'get the file and its .CHECKSUM once more',
  CSV_DIALECT: CELL,
  CSV_EMPTY: CELL,
  CSV_FIELDS: CELL,
  CSV_QUOTE: CELL,
  CSV_VALUE: CELL,
  DERIVED:
    'use --force-rerun to replace bars that were derived by those of the sources, which need all of their days; or --output-dir',
  DUPLICATE_COLUMN: CELL,
  GRID: 'bars of longer timeframes need bars that open on whole ones; mend the source',
  MISSING_COLUMN: 'the README has the columns of every dialect; nothing is made up for one that is missing',
  NOT_DERIVED: 'leave that timeframe out of --resample, or derive it in another --output-dir',
  NO_KLINES: 'check --data-dir, --exchange, --symbol and --timeframe; `--plan` shows what is found',
  NO_SOURCE: 'names of sources are relative to --data-dir',
  NULL_VALUE: 'the column has to have a value in every row; nothing is made up',
  SCHEMA_MISMATCH: 'convert the column to the type that the README has for it',
  SOURCE_AMBIGUOUS: 'leave one of them, or name the one to read by --klines, --aggtrades or --futures',
  SOURCE_CHANGED: 'somebody is still writing the source; run again when that is done',
  SOURCE_GONE: 'bring the source back, or use --force-rerun to publish what the sources have now',
  TIME_INEXACT: 'keep the unit of the sources with --time-unit original, or use --time-unit us',
  TIME_RANGE: 'if times really are in seconds or nanoseconds, say so with --source-time-unit',
  TIME_UNIT_MIXED: 'use --time-unit ms or --time-unit us; rows of one file have to be of one unit',
  UNSORTED: 'bars of longer timeframes need one bar a time; mend the source that has two',
  UNKNOWN_DAY: 'name the file after its day, as in 20221213_trade.zip',
  UNKNOWN_DIALECT: 'the README has the files without a header that are understood',
  ZIP_CORRUPT: 'get the file once more',
  ZIP_ENTRIES: 'unpack the zip, and name the file in it by --klines, --aggtrades or --futures',
};
