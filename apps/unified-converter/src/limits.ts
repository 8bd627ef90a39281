import type { DetectOptions, UnzipOptions, ZipLimits } from '@ticklake/csv';
import type { GunzipOptions } from '@ticklake/jsonl';
import {
  USUAL_LIMITS,
  type BloomFilterOptions,
  type ParquetLimits,
  type ParquetSinkOptions,
} from '@ticklake/parquet';
import { USUAL_REQUESTS, type RequestPolicy } from '@ticklake/storage';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Bytes of a file that are asked for at once. */
export const READ_BYTES = 512 * KIB;

/** The longest line of a real file has two hundred bytes. */
export const LINE_BYTES_MAX = 64 * KIB;

/** Where delimiter and header are looked for. */
export const HEAD: DetectOptions = { headBytesMax: 256 * KIB };

/** A zip of Binance has one file; deflate makes a thousand bytes of one at most, which is what a piece then has. */
export const ZIP: ZipLimits = { entriesMax: 100, directoryBytesMax: MIB };

/** How a zip is expanded: the largest real month has some ten gigabytes. */
export const UNZIP: UnzipOptions = { readBytes: 32 * KIB, outputBytesMax: 64 * GIB };

/** How a gzip is expanded. */
export const GUNZIP: GunzipOptions = { readBytes: 64 * KIB, outputBytesMax: 64 * GIB };

/** Rows that are looked at together: a batch of a source, and at most what is put to a partition at once. */
export const BATCH_ROWS = 65_536;

/** What each of two threads has to have of `--memory`; with less, there is one. */
export const LANE_MEMORY_BYTES_MIN = 64 * MIB;

/** Sorted runs of a day that are merged at once, at most: each row takes a look at all of them. */
export const RUNS_MAX = 64;

/** What is asked of a Parquet source before it is refused: consolidated files are years of trades. */
export const SOURCE_LIMITS: ParquetLimits = {
  ...USUAL_LIMITS,
  chunkBytesMax: GIB,
  rowsMax: 10_000_000_000,
  rowGroupsMax: 1_000_000,
  // A column of a single value is a page that zstd makes 32,768 times smaller, at most.
  expansionRatioMax: 40_000,
};

/** What is asked of a published file before it is refused. */
export const PUBLISHED_LIMITS: ParquetLimits = SOURCE_LIMITS;

/** How rows are stored, beside their compression. All of this decides the bytes: equal sources give equal files. */
export const PARQUET: Omit<ParquetSinkOptions, 'createdBy' | 'compression' | 'zstdLevel' | 'columns'> = {
  rowGroupRows: 262_144,
  pageRows: 32_768,
  dictionaryBytesMax: MIB,
  // What saves less takes longer to compress, and again with every reading, than it is worth.
  codecSavesMin: 1 / 8,
  sortingColumns: ['timestamp'],
};

/** Of the columns that have bloom filters, 16 bits a value at the most and 8 at the least: sizes are powers of two. */
export const BLOOM_FILTER: BloomFilterOptions = { falsePositiveRate: 0.01 };

/** How patient a run is with stores over the network. */
export const REQUESTS: RequestPolicy = USUAL_REQUESTS;

/** How a document is changed that others may change too. */
export const DOCUMENT_TRIES = { attemptsMax: 10, delayMinMs: 50, delayMaxMs: 2_000 } as const;
