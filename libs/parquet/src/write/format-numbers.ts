/** Numbers that the Parquet format gives to its physical types. */
export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  float: 4,
  double: 5,
  bytes: 6,
  fixedBytes: 7,
} as const;

/** Name of a physical type, see {@link PHYSICAL}. */
export type Physical = keyof typeof PHYSICAL;

/** Encodings that the sink writes. */
export const ENCODING = {
  plain: 0,
  rle: 3,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  rleDictionary: 8,
} as const;

/** Compression that the sink writes. */
export const COMPRESSION = { none: 0, snappy: 1, zstd: 6 } as const;

/** Kinds of pages that the sink writes. */
export const PAGE = { data: 0, dictionary: 2 } as const;

/** Whether a field must be there, may be there, or repeats. */
export const REPETITION = { required: 0, optional: 1, repeated: 2 } as const;

/** Annotations of older readers. */
export const CONVERTED = {
  utf8: 0,
  map: 1,
  list: 3,
  decimal: 5,
  date: 6,
  timeMillis: 7,
  timeMicros: 8,
  timestampMillis: 9,
  timestampMicros: 10,
  uint8: 11,
  uint16: 12,
  uint32: 13,
  uint64: 14,
  int8: 15,
  int16: 16,
} as const;

/** Members of the logical type union. */
export const LOGICAL = {
  string: 1,
  map: 2,
  list: 3,
  decimal: 5,
  date: 6,
  time: 7,
  timestamp: 8,
  integer: 10,
} as const;

/** Order of a column index's bounds. */
export const BOUNDARY = { unordered: 0, ascending: 1, descending: 2 } as const;
