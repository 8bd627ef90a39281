const CELL = 'mend or replace the source; nothing was published';

/** What an operator does about errors of this app, by code; for all others `cli-kit` has some. */
export const HINTS: Readonly<Record<string, string>> = {
  ARGUMENT: 'leave the flag out, or name the tier that has it',
  COLUMN: 'the README has the columns that paths say; `read --limit 1` shows those of a file',
  CSV_DIALECT: CELL,
  CSV_EMPTY: CELL,
  CSV_FIELDS: CELL,
  CSV_QUOTE: CELL,
  CSV_VALUE: CELL,
  DATA_TYPE: 'the README has the data types of each tier',
  DATA_MISMATCH:
    'bring all sources that the partition was made of, and it is published again; --overwrite takes those that there are',
  DATE: 'name a day with --date',
  DERIVED: 'use --overwrite to publish the candles of the source in their place',
  DUPLICATE_COLUMN: 'leave one of them out of the source: which is right cannot be told',
  DUPLICATE_INSTRUMENT: 'use --files to leave one of them out, or --overwrite to publish the new ones only',
  INSTRUMENT: 'name it with --instrument, or bring a column instrument_id, or exchange and symbol',
  INSTRUMENT_ID: 'ids are VENUE:TYPE:SYMBOL, such as BINANCE:SPOT_PAIR:BTC-USDT',
  INSTRUMENTS: 'the README has the documents of exchanges that are understood',
  LAYOUT:
    'use the layout, views and copies that the tier has, or another --output; `relayout` makes one of another',
  MISSING_COLUMN: 'the README has the columns of every data type; nothing is made up for one that is missing',
  MOVED: 'publish where the tier is now; its readers look there only',
  NOT_DERIVED: 'leave that timeframe out of --resample',
  NO_SOURCE: 'names of sources are relative to --input',
  NO_TIER: 'check --lake, and --root where the tier has another folder than its layout',
  NULL_VALUE: 'the column has to have a value in every row; nothing is made up',
  OTHER_INSTRUMENT:
    'leave --instrument out where rows say theirs, or name only the files of that instrument with --files',
  SCHEMA_MISMATCH: 'convert the column to the type that the README has for it, or use --overwrite',
  SOURCE_CHANGED: 'use --overwrite to publish what the sources have now',
  STATISTICS:
    'leave the venue or the type out, or publish the tier with --copies all, where each has files of its own',
  SYMBOL: 'name the instrument with --instrument, or all of them in a file with --symbols',
  SYMBOLS: 'write it as {"deribit BTC-PERPETUAL": "DERIBIT:PERPETUAL:BTC-USD"}',
  TIME_INEXACT: 'times are kept in microseconds; round them before, if that is right',
  UNKNOWN_DATA_TYPE: 'name it with --data-type',
  VIEW: 'the README has the views of each tier',
};
