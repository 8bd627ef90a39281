export {
  isFixedType,
  typeText,
  type DataType,
  type Field,
  type FixedType,
  type NestedType,
  type Schema,
  type TimeUnit,
} from './schema.js';
export {
  columnLength,
  dictionaryLength,
  type BytesColumn,
  type BytesValues,
  type Column,
  type Dictionary,
  type DictionaryColumn,
  type FixedColumn,
  type FixedValues,
  type NestedColumn,
  type RecordBatch,
} from './batch.js';
export { allocFixed } from './alloc-fixed.js';
export { columnOf } from './column-of.js';
export { concatBatches } from './concat-batches.js';
export { concatColumns } from './concat-columns.js';
export { decodeDictionary } from './decode-dictionary.js';
export { emptyColumn } from './empty-column.js';
export { fingerprintSchema } from './fingerprint-schema.js';
export { fixedWords, type FixedWords } from './fixed-words.js';
export { jsonValueAt, rowObjects } from './row-objects.js';
export { selectColumns } from './select-columns.js';
export { sliceBatch } from './slice-batch.js';
export { sliceColumn } from './slice-column.js';
export { splitBatch } from './split-batch.js';
export { takeColumn } from './take-column.js';
export { takeRows } from './take-rows.js';
export { textColumn } from './text-column.js';
export { valueAt } from './value-at.js';
export { createMultisetHash, type MultisetHash } from './content-hash/multiset-hash.js';
export { createOrderedHash, type OrderedHash } from './content-hash/ordered-hash.js';
export { DIGEST_BYTES, sliceDigests, type RowDigests } from './content-hash/row-digests.js';
export { createRowHasher, type RowHasher, type RowHasherOptions } from './content-hash/row-hasher.js';
export { attachArena, createArena, type Arena, type ArenaOptions, type ViewType } from './arena/arena.js';
export { createArenaBuffer, withBlock, type ArenaBuffer } from './arena/arena-buffer.js';
export { sha256In } from './arena/sha256-in.js';
export { createColumnBuffer, type ColumnBuffer, type ColumnBufferOptions } from './placed/column-buffer.js';
export { type BytesColumnBuffer } from './placed/bytes-buffer.js';
export { type BytesDictionary } from './placed/bytes-entries.js';
export { type FixedColumnBuffer } from './placed/fixed-buffer.js';
export { type FixedDictionary } from './placed/fixed-entries.js';
export { type NestedColumnBuffer } from './placed/nested-buffer.js';
export {
  columnAt,
  copyColumn,
  stripedAt,
  type PlacedBatch,
  type PlacedBytes,
  type PlacedColumn,
  type PlacedFixed,
  type PlacedFlat,
  type PlacedLeaf,
  type PlacedStriped,
  type Width,
} from './placed/placed-column.js';
export { bytesOf, viewTypeOf, widthOf } from './placed/fixed-view.js';
export {
  leavesOf,
  shapeOf,
  type FlatType,
  type LeafShape,
  type ListShape,
  type NestedShape,
  type StructShape,
} from './striped/nested-shape.js';
export { plainRows } from './striped/plain-rows.js';
export { type StripedLeaf, type StripedRows } from './striped/striped-rows.js';
