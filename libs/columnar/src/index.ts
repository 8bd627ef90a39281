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
