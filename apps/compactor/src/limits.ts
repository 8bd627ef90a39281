import { USUAL_LIMITS, type ParquetLimits } from '@ticklake/parquet';
import { USUAL_REQUESTS, type RequestPolicy } from '@ticklake/storage';

const KIB = 1024;
const MIB = 1024 * KIB;

/** What a spool file may ask of this process before it is refused as `LIMIT`. */
export const SPOOL_LIMITS: ParquetLimits = USUAL_LIMITS;

/** A day of a busy stream is larger than any spool file; everything else is as strict. */
export const PUBLISHED_LIMITS: ParquetLimits = {
  ...SPOOL_LIMITS,
  footerBytesMax: 64 * MIB,
  rowsMax: 2_000_000_000,
  rowGroupsMax: 100_000,
  // A run of one value is a page that zstd makes 32,768 times smaller, at most.
  expansionRatioMax: 40_000,
};

/** How patient a run is with stores over the network. */
export const REQUESTS: RequestPolicy = USUAL_REQUESTS;

/** How patient a check for a monitor is, which gives up on it within a minute. */
export const MONITOR_REQUESTS: RequestPolicy = {
  ...REQUESTS,
  attemptsMax: 3,
  totalMs: 20_000,
  requestMs: 10_000,
};

/** How patient a run is with `--webhook`: it is done by then, and only waits. */
export const WEBHOOK = { timeoutMs: 10_000, attemptsMax: 2, delayMs: 1000 } as const;

/** Failures that a webhook is told one by one; all are counted. */
export const WEBHOOK_FAILURES_MAX = 20;

/** What a partition's memory budget is for, as shares of it. The rest is for the rows at hand. */
export const MEMORY_SHARES = {
  /** Spool files that stay open from their inspection to their merge, as they are on disk. */
  kept: 1 / 8,
  /** Bytes of open files that are at hand, as they are on disk. */
  atHand: 1 / 8,
  /** Pages of open files. */
  pages: 5 / 8,
} as const;

/** What a verification may hold. */
export const VERIFY_MEMORY_BYTES = 1024 * MIB;

/** Partitions that are overwritten without being asked whether that is meant: a month of days. */
export const OVERWRITE_WITHOUT_YES_MAX = 31;
/** What is read at a time where only page headers are wanted: far away, requests cost more than bytes. */
export const INSPECT_WINDOW_BYTES = { local: 64 * KIB, remote: 4 * MIB } as const;

/** Rows of one `ts_event` that are told apart, some hundred bytes each. */
export const LINEAGE_TIES_MAX = 1_000_000;

/**
 * Requests that are made beside those for listing and reading spool files, where a partition's output is one object. Counted; a spec holds a run over
 * the network against them.
 */
export const PLANNED_REQUESTS = {
  /** State: looked at and read when a run starts, read when it ends, written once. */
  run: { lists: 0, reads: 4, writes: 1 },
  /** Its manifest, its lease, its data and that it arrived, its manifest again, its quarantine. */
  compact: { lists: 0, reads: 11, writes: 4 },
  replace: { lists: 0, reads: 23, writes: 7 },
  skip: { lists: 0, reads: 2, writes: 0 },
  refuse: { lists: 0, reads: 1, writes: 0 },
  leave: { lists: 0, reads: 1, writes: 0 },
  /** What a file that is not read as a whole is read in, more or less. */
  windowBytes: 512 * KIB,
} as const;

/**
 * How fast a worker is: the compactor's own rows of the benchmark (tools/bench, 2026-11-26: two cores, local disk). 20 M quotes of some 200 MB take 5.9 s
 * when their files follow each other and 16.4 s when each file has rows of the whole day; 3,000 small files take 1.8 s more than as many rows in 43.
 */
export const PACE = { bytesPerSecond: { min: 12e6, max: 35e6 }, fileMs: 0.6 } as const;

/** What a process takes before it holds a row: 110 MiB as above, 120 with the client of a store over the network, and some room. */
export const PROCESS_BYTES = 150 * MIB;

/** What rows of files that lie across each other take of memory for a byte of them, as above: 630 MiB for 200 MB. */
export const WORKING_BYTES_PER_BYTE = 3;

/**
 * Rows after whose merge garbage is collected, before they are read back, which is when a run takes the most memory. It takes some 40 ms, a
 * fiftieth of the merge of so many.
 */
export const COLLECT_ROWS_MIN = 4_000_000;

/** Files looked at together before the merge starts. */
export const INSPECT_CONCURRENCY = 4;

/** Prefixes listed together during discovery. */
export const LIST_CONCURRENCY = 8;

/** A larger state document is nobody's state: a partition takes some 200 bytes of it, and half a million a year are many. */
export const STATE_BYTES_MAX = 256 * MIB;

/** A lease is renewed at a third of this and taken over after five quarters of it. */
export const LEASE_TTL_MS = 120_000;

/** How often a partition is begun under a lease: one is lost to a machine that paused, or a store that gave no answer for a while. */
export const LEASES_MAX = 3;

/** Rows of a batch when a whole file is read through: by the verifier and by the check for damage. */
export const READ_BATCH_ROWS = 100_000;

/** How isolated workers are watched. */
export const ISOLATION = {
  /** The memory of a decoder that runs wild grows by some tens of MiB in this time. */
  pollMs: 50,
  /** A large file may take longer: as long as one reads that reads no more in a second. */
  bytesPerSecondMin: 10 * MIB,
  /** Who was told to stop and is not heard of for so long is ended. */
  stopSilenceMs: 5000,
  /** Files of one partition that are tried once more alone, because the worker ended over them. Each may take a time limit or two. */
  suspectsMax: 5,
} as const;
