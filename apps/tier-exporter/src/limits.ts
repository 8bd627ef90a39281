import type { GunzipOptions, LineOptions } from '@ticklake/jsonl';
import { USUAL_LIMITS, type ParquetLimits, type ParquetSinkOptions } from '@ticklake/parquet';
import { USUAL_REQUESTS, type RequestPolicy } from '@ticklake/storage';

const KIB = 1024;
const MIB = 1024 * KIB;

/** An hour of a real archive is a megabyte. A file is held as it is stored while it is read. */
export const HOUR_FILE_BYTES_MAX = 128 * MIB;

/**
 * How an hour is inflated: a real one becomes ten times as large, a bomb a thousand times. Its bytes are at hand; while what was inflated is
 * shredded, zlib goes on with what it was given.
 */
export const GUNZIP: GunzipOptions = { readBytes: 8 * MIB, outputBytesMax: 8192 * MIB };

/** A real line has a hundred kilobytes. */
export const LINES: LineOptions = { lineBytesMax: 16 * MIB };

/** Entries that are shredded before they are hashed and put to their row group. */
export const BATCH_ROWS = 64;

/**
 * How rows are stored. 512 entries hold some 380,000 prices, of which a page has half. All of this decides the bytes: equal archives
 * give equal files.
 */
export const PARQUET: Omit<ParquetSinkOptions, 'createdBy'> = {
  compression: 'zstd',
  zstdLevel: 3,
  rowGroupRows: 512,
  pageRows: 256,
  dictionaryBytesMax: MIB,
  sortingColumns: [],
};

/** What is asked of a published file before it is refused. */
export const PUBLISHED_LIMITS: ParquetLimits = {
  ...USUAL_LIMITS,
  // A column of a single value is a page that zstd makes 32,768 times smaller, at most.
  expansionRatioMax: 40_000,
};

/** Memory in which the sessions of a week are told apart: half a million at once, a week has some 20,000. */
export const SESSION_TABLE_BYTES = 16 * MIB;

/** A second thread takes a tenth of a second until it is up to speed: hours that have less, as they are stored, are sooner done in one. */
export const SECOND_THREAD_BYTES_MIN = 4 * MIB;

/** What `--memory` has to be for two threads; with less, there is one. */
export const SECOND_THREAD_MEMORY_MIN = 128 * MIB;

/** How patient a run is with stores over the network. */
export const REQUESTS: RequestPolicy = USUAL_REQUESTS;
