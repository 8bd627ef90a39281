export {
  openParquet,
  type ColumnPlace,
  type ColumnRows,
  type ParquetReader,
  type ReaderTools,
} from './read/open-parquet.js';
export { type ColumnCursor } from './read/column-cursor.js';
export { expectCodec } from './read/open-codecs.js';
export { holdColumns, type HeldColumns } from './read/hold-columns.js';
export { type LeafFacts } from './read/leaf-facts.js';
export { type PageFacts } from './read/page-facts.js';
export { type PageBounds, type PageLocation } from './read/page-index.js';
export { type RowRange } from './read/page-plan.js';
export { USUAL_LIMITS, type ParquetLimits } from './read/parquet-limits.js';
export { type ColumnChunkFacts, type RowGroupFacts } from './read/row-group-facts.js';
export { type SoughtValue } from './read/stored-forms.js';
export { type Bounds } from './read/statistics.js';
export { type BloomFilterOptions } from './write/bloom-filter.js';
export {
  type ColumnOptions,
  type ColumnStoredAs,
  type StoredAs,
  type WrittenCodec,
} from './write/column-options.js';
export { type StoredColumn } from './write/copy-pages.js';
export { type ChunkNotes, type EncodedChunk, type PageKindCount } from './write/encoded-chunk.js';
export {
  openRowGroupEncoder,
  type ColumnChunks,
  type EncodingOptions,
  type RowGroupEncoder,
} from './write/row-group-encoder.js';
export {
  createParquetSink,
  type ParquetSink,
  type ParquetSinkOptions,
  type ParquetSinkSummary,
  type SinkTools,
} from './write/parquet-sink.js';
