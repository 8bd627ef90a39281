const SOURCE =
  'get the file from the archiver once more; --allow-incomplete does not pass over what is no JSON of the schema';

/** What an operator does about errors of this app, by code; for all others `cli-kit` has some. */
export const HINTS: Readonly<Record<string, string>> = {
  ALREADY_PUBLISHED:
    'the archive has changed since, or somebody else exports here; --overwrite makes a new generation',
  DATA_MISMATCH: 'run `verify` on the day, then export it again with --overwrite',
  DAY_CHANGED: 'somebody exports one of the days; run again',
  DUPLICATE_KEY: SOURCE,
  HOUR_CHANGED: 'the archiver is still at work on that day; run again when it is done',
  JSON_NUMBER: SOURCE,
  JSON_SYNTAX: SOURCE,
  JSON_TEXT: SOURCE,
  LOCAL_CHANGED: 'somebody else writes to --output-dir; run again',
  MISSING_DAYS: 'run `daily` for the missing days first, or wait for them with --wait-for-inputs',
  MISSING_HOURS: 'wait for the missing hours, or use --allow-incomplete to export what there is',
  NO_ENTRIES: 'check --archive and the date',
  SCHEMA_MISMATCH: 'entries, or days, have types that do not go with the columns of this version',
  SCHEMA_VERSION: 'the day was exported by a version of another schema: export it again with this one',
  THREAD_LOST: 'run again; when it is lost again, with --threads 1, and tell us the reason',
  TODAY: 'wait until after midnight UTC, or use --allow-incomplete for a partial export',
  UTF8: SOURCE,
};
