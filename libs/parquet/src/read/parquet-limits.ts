/**
 * What a reader accepts before it gives up with code `LIMIT`. The caller states every one of them, so that a small
 * hostile file cannot ask for more memory or time than the job has planned for.
 */
export interface ParquetLimits {
  readonly footerBytesMax: number;
  /** Of a page, compressed or not, and of the text that a DELTA_BYTE_ARRAY page expands to. */
  readonly pageBytesMax: number;
  /** Of a column chunk as stored. */
  readonly chunkBytesMax: number;
  /** Of a file; also the values of one chunk of a nested column. */
  readonly rowsMax: number;
  /** Of a row group; also the values of one page of a nested column. */
  readonly rowGroupRowsMax: number;
  readonly rowGroupsMax: number;
  /** Leaf columns. */
  readonly columnsMax: number;
  /** Fields and list elements of the footer. */
  readonly thriftNodesMax: number;
  /** Uncompressed size of a page over its compressed size. */
  readonly expansionRatioMax: number;
}

const MIB = 1024 * 1024;

/**
 * Generous for the files of any recorder, far below what would exhaust a machine. Whoever reads others, such as whole days, widens
 * what these need.
 */
export const USUAL_LIMITS: ParquetLimits = {
  footerBytesMax: 16 * MIB,
  pageBytesMax: 64 * MIB,
  chunkBytesMax: 512 * MIB,
  rowsMax: 50_000_000,
  rowGroupRowsMax: 8_000_000,
  rowGroupsMax: 10_000,
  columnsMax: 2_000,
  thriftNodesMax: 2_000_000,
  expansionRatioMax: 4_000,
};
