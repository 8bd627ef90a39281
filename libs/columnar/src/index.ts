export {
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
  type BytesColumn,
  type BytesValues,
  type Column,
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
export {
  createRowDigester,
  digestRows,
  type RowDigester,
  type RowDigests,
} from './content-hash/row-digests.js';
