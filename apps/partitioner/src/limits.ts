import type { DetectOptions } from '@ticklake/csv';
import type { GunzipOptions } from '@ticklake/jsonl';
import { USUAL_LIMITS, type ParquetLimits, type ParquetSinkOptions } from '@ticklake/parquet';
import { USUAL_REQUESTS, type RequestPolicy } from '@ticklake/storage';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Bytes of a file that are asked for at once. */
export const READ_BYTES = 512 * KIB;

/** The longest line of a real file, a book of 25 levels, has two thousand bytes. */
export const LINE_BYTES_MAX = 64 * KIB;

/** Where delimiter and header are looked for. */
export const HEAD: DetectOptions = { headBytesMax: 256 * KIB };

/** How a gzip is expanded: the largest real day has some ten gigabytes. */
export const GUNZIP: GunzipOptions = { readBytes: 64 * KIB, outputBytesMax: 256 * GIB };

/** The largest JSON document of instruments: all options of an exchange have some fifty megabytes. */
export const JSON_BYTES_MAX = 256 * MIB;

/** Rows that are looked at together: a batch of a source, and at most what is put to a partition at once. */
export const BATCH_ROWS = 65_536;

/** Sorted runs of a partition that are merged at once, at most: each row takes a look at all of them. */
export const RUNS_MAX = 64;

/** Rows that a reader yields at once. */
export const READ_ROWS = 65_536;

/** What every read may take of memory for row groups as they are stored. One of trades has four megabytes. */
export const READ_AHEAD_BYTES = 32 * MIB;

/** How often a reader opens a file that is replaced under its hands. */
export const READ_TRIES = 5;

/** What is asked of a Parquet file before it is refused. */
export const PARQUET_LIMITS: ParquetLimits = {
  ...USUAL_LIMITS,
  chunkBytesMax: GIB,
  rowsMax: 10_000_000_000,
  rowGroupsMax: 1_000_000,
  // A column of a single value is a page that zstd makes 32,768 times smaller, at most.
  expansionRatioMax: 40_000,
};

/** How rows are stored (AP-28). All of this decides the bytes: equal sources give equal files. */
export const PARQUET: Omit<ParquetSinkOptions, 'createdBy' | 'sortingColumns'> = {
  compression: 'snappy',
  rowGroupRows: 262_144,
  pageRows: 32_768,
  zstdLevel: 3,
  dictionaryBytesMax: MIB,
};

/** How patient a run is with stores over the network. */
export const REQUESTS: RequestPolicy = USUAL_REQUESTS;

/** How a document is changed that others may change too. */
export const DOCUMENT_TRIES = { attemptsMax: 10, delayMinMs: 50, delayMaxMs: 2_000 } as const;

/** How often a partition is published again when somebody else published it meanwhile. */
export const PUBLISH_TRIES = 5;

/** Listings under way at once. */
export const LISTINGS = 8;

/** Footers that a reader remembers. */
export const FOOTERS_MAX = 256;
