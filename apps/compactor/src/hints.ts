const REREAD =
  'mend or replace the file in the spool: the next run looks at it again; error.json below quarantine=… tells all of them';

/** What an operator does about errors of this app, by code; for all others `cli-kit` has some. */
export const HINTS: Readonly<Record<string, string>> = {
  ALREADY_PUBLISHED:
    'find out who else publishes here; to make the partition again from the spool run with --overwrite',
  BAD_MAGIC: REREAD,
  CRC_MISMATCH: REREAD,
  DATA_MISMATCH:
    'run `verify` on the day, then make the partition again with --overwrite while its spool is there',
  DICT_CONFLICT: REREAD,
  FUTURE: 'check the date, and the clock of this machine',
  ISOLATION_CRASH: REREAD,
  ISOLATION_MEMORY: `${REREAD}; if it is sound and only large, give more with --isolate-memory`,
  ISOLATION_TIMEOUT: `${REREAD}; if it is sound and the disk slow, give more with --isolate-timeout`,
  LIMIT: `${REREAD}; no sound spool file is that large`,
  NAME_TWICE: 'take one of the two files out of the spool: they are most likely one that was copied',
  NULL_TS: REREAD,
  SCHEMA_MISMATCH: REREAD,
  SNAPPY_CORRUPT: REREAD,
  SOURCES_GONE:
    'bring the spool files back; without them the published partition is the only copy of their rows and stays as it is',
  SOURCE_CHANGED: 'run again when the collector has finished writing the file',
  STALE: 'run with --overwrite for this day, or let a catch-up do it with larger --late-days',
  STATE: 'move compacted/_state.json away: the next run rebuilds it from what is published',
  THRIFT_ERROR: REREAD,
  TODAY: 'wait until the day is over, in UTC',
  TRUNCATED: REREAD,
};
