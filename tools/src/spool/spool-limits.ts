import type { ParquetLimits } from '@ticklake/parquet';

const MIB = 2 ** 20;

/** What the compactor lets a spool file ask for. */
export const SPOOL_LIMITS: ParquetLimits = {
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
