import type { ParquetLimits } from '../read/parquet-limits.js';

/** Limits that honest files keep. */
export const HONEST_LIMITS: ParquetLimits = {
  footerBytesMax: 16 << 20,
  pageBytesMax: 64 << 20,
  chunkBytesMax: 512 << 20,
  rowsMax: 50_000_000,
  rowGroupRowsMax: 8_000_000,
  rowGroupsMax: 10_000,
  columnsMax: 2_000,
  thriftNodesMax: 2_000_000,
  expansionRatioMax: 4_000,
};
