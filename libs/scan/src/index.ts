export { constantColumns, type ConstantColumns } from './constant-columns.js';
export { predicatesOf, type Filter, type FilterOperator, type FilterValue } from './filter.js';
export { parseFilter } from './parse-filter.js';
export { type Predicate, type PredicateBounds } from './predicate.js';
export { scanParquet, type PageCounts, type RowGroupCounts, type ScanOptions } from './scan-parquet.js';
export { constantColumn, scanSchema, type Constant } from './scan-schema.js';
