import type { Field, Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { requireBloomFilter, type BloomFilterOptions } from './bloom-filter.js';

/** Codecs that a sink writes: those whose bytes depend on nothing but the input, the level and this library's version. */
export type WrittenCodec = 'none' | 'snappy' | 'zstd';

/** How the values of a column are stored. Every number is the caller's choice; all of them change the bytes. */
export interface StoredAs {
  readonly compression: WrittenCodec;
  /** 1 to 22; matters to `zstd` only. */
  readonly zstdLevel: number;
  /** A column chunk whose distinct values take more is stored without a dictionary; 0 = never one. */
  readonly dictionaryBytesMax: number;
  /**
   * The share of its bytes that the codec has to save of a column chunk, less than 1: a chunk of which its first data page and its
   * dictionary promise less is stored uncompressed, which is faster to write and to read. When left out, every chunk is compressed.
   */
  readonly codecSavesMin?: number;
}

/** How the values of one column are stored, and what beside them. */
export interface ColumnStoredAs extends StoredAs {
  /** Left out, there is none: rows that are sorted are found by statistics and page index. Of flat columns that are not of booleans. */
  readonly bloomFilter?: BloomFilterOptions;
}

/** What single columns are stored as, by their names, and all others (UC-38). */
export interface ColumnOptions extends StoredAs {
  /** What is left out of a column is as for all others. A nested column is stored in one way, with all of its leaves. */
  readonly columns?: Readonly<Record<string, Partial<ColumnStoredAs>>>;
}

/** How a column is stored. @throws LakeError `invalid` when it cannot have the bloom filter that it is to have. */
export function storedAs(options: ColumnOptions, field: Field): ColumnStoredAs {
  const { name } = field;
  const { compression, zstdLevel, dictionaryBytesMax, codecSavesMin = 0, columns = {} } = options;
  const own = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (own?.bloomFilter !== undefined) requireBloomFilter(field, own.bloomFilter);
  return { compression, zstdLevel, dictionaryBytesMax, codecSavesMin, ...own };
}

/** @throws LakeError `invalid` for options of a column that `schema` does not have. */
export function requireColumns({ columns = {} }: ColumnOptions, schema: Schema): void {
  for (const name of Object.keys(columns)) {
    if (schema.fields.some((field) => field.name === name)) continue;
    throw new LakeError('invalid', 'there are options for a column that is not in the schema', {
      details: { column: name },
    });
  }
}
