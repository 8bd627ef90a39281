export { openPageCodec, type PageCodec, type PageCodecName } from './codec/page-codec.js';
export { openParquet, type ParquetReader } from './read/open-parquet.js';
export { type ColumnCursor } from './read/column-cursor.js';
export { type ParquetLimits } from './read/parquet-limits.js';
export { type ColumnChunkFacts, type RowGroupFacts } from './read/row-group-facts.js';
export { type Bounds } from './read/statistics.js';
export {
  createParquetSink,
  type ParquetSink,
  type ParquetSinkOptions,
  type ParquetSinkSummary,
} from './write/parquet-sink.js';
