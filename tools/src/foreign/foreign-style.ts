import type { Encoding } from 'hyparquet';

/** How hyparquet-writer encodes a column when told. */
export interface HyparquetEncodings {
  readonly integers: Encoding;
  readonly floats: Encoding;
  readonly text: Encoding;
}

/** A foreign writer and what it is told. Every style is snappy. */
export type ForeignStyle =
  | { readonly writer: 'duckdb'; readonly copyOptions: string }
  | {
      readonly writer: 'hyparquet';
      /** `undefined`: its own choice. */
      readonly encodings: HyparquetEncodings | undefined;
      readonly pageBytes: number | undefined;
    };

/** DuckDB gives up a dictionary above a fifth of a row group, or 1 MB of text; a whole row group is never above this. */
const ANY_DICTIONARY = 'DICTIONARY_SIZE_LIMIT 122880, STRING_DICTIONARY_PAGE_SIZE_LIMIT 16000000';
const NO_DICTIONARY = 'DICTIONARY_SIZE_LIMIT 0';

/**
 * What a reader may meet: every encoding of flat numbers and text, pages of any size; pages of version 1 from DuckDB, in
 * either version of the format, and of version 2 from hyparquet-writer.
 */
export const FOREIGN_STYLES = {
  /** Dictionaries of every column, as Arrow's writer makes them by default. */
  'duckdb-v1-dictionary': duckdb(`PARQUET_VERSION v1, ${ANY_DICTIONARY}`),
  'duckdb-v1-default': duckdb('PARQUET_VERSION v1'),
  'duckdb-v1-plain': duckdb(`PARQUET_VERSION v1, ${NO_DICTIONARY}`),
  /** Integers DELTA_BINARY_PACKED, few-valued columns in dictionaries, other floats BYTE_STREAM_SPLIT. */
  'duckdb-v2-default': duckdb('PARQUET_VERSION v2'),
  /** The same without dictionaries, text DELTA_LENGTH_BYTE_ARRAY. */
  'duckdb-v2-delta': duckdb(`PARQUET_VERSION v2, ${NO_DICTIONARY}`),
  'hyparquet-default': hyparquet(undefined),
  'hyparquet-dictionary': hyparquet({
    integers: 'RLE_DICTIONARY',
    floats: 'RLE_DICTIONARY',
    text: 'RLE_DICTIONARY',
  }),
  'hyparquet-plain': hyparquet({ integers: 'PLAIN', floats: 'PLAIN', text: 'PLAIN' }),
  'hyparquet-delta': hyparquet({
    integers: 'DELTA_BINARY_PACKED',
    floats: 'BYTE_STREAM_SPLIT',
    text: 'DELTA_BYTE_ARRAY',
  }),
  'hyparquet-small-pages': hyparquet(undefined, 16 * 1024),
} as const satisfies Readonly<Record<string, ForeignStyle>>;

/** The name of one of {@link FOREIGN_STYLES}. */
export type ForeignStyleName = keyof typeof FOREIGN_STYLES;

function duckdb(options: string): ForeignStyle {
  return { writer: 'duckdb', copyOptions: `COMPRESSION snappy, ${options}` };
}

function hyparquet(encodings: HyparquetEncodings | undefined, pageBytes?: number): ForeignStyle {
  return { writer: 'hyparquet', encodings, pageBytes };
}
