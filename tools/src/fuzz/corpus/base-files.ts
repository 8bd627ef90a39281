import { repackPages, type Repacking } from '../format/repack-pages.js';
import { readRows } from '../read-whole-file.js';
import { writeSinkFile, type SinkShape } from '../write-sink-file.js';
import { flatRows, largeRows, nestedRows, openDuckDbWriter, type DuckDbWriter } from './duckdb-writer.js';
import { hyparquetFlat, hyparquetNested, type FlatEncoding } from './hyparquet-writer.js';

/** A valid file to be damaged. */
export interface BaseFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

type Recipe = (duckdb: DuckDbWriter) => Promise<Uint8Array>;

const FLAT = flatRows(1_200);
const NESTED = nestedRows(700);

/**
 * Every codec, encoding and page version, from three writers. Where none of them stores what is wanted, the pages of
 * one are stored again; those files, and our own sink's, have a checksum on every page.
 */
const RECIPES: Readonly<Record<string, Recipe>> = {
  'duckdb-none-plain': duckdb(FLAT, 'COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 0'),
  'duckdb-snappy': duckdb(FLAT, 'COMPRESSION snappy'),
  'duckdb-gzip': duckdb(FLAT, 'COMPRESSION gzip'),
  'duckdb-zstd': duckdb(FLAT, 'COMPRESSION zstd'),
  'duckdb-lz4raw': duckdb(FLAT, 'COMPRESSION lz4_raw'),
  'duckdb-brotli': duckdb(FLAT, 'COMPRESSION brotli'),
  'duckdb-zstd-delta-groups': duckdb(
    flatRows(2_500),
    'COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 2048, DICTIONARY_SIZE_LIMIT 10',
  ),
  'duckdb-snappy-nested': duckdb(NESTED, 'COMPRESSION snappy'),
  'hyparquet-none-plain': async () => hyparquetFlat('plain', 'UNCOMPRESSED'),
  'hyparquet-snappy-dictionary': async () => hyparquetFlat('dictionary', 'SNAPPY'),
  'hyparquet-snappy-delta': async () => hyparquetFlat('delta', 'SNAPPY'),
  'hyparquet-none-nested': async () => hyparquetNested(),
  'sink-none': sink(FLAT, {
    compression: 'none',
    rowGroupRows: 1_000,
    pageRows: 300,
    sortingColumns: ['ts_event'],
  }),
  'sink-snappy-groups': sink(FLAT, {
    compression: 'snappy',
    rowGroupRows: 100,
    pageRows: 50,
    sortingColumns: [],
  }),
  'sink-zstd': sink(FLAT, { compression: 'zstd', rowGroupRows: 1_200, pageRows: 400, sortingColumns: [] }),
  'sink-zstd-nested': sink(NESTED, {
    compression: 'zstd',
    rowGroupRows: 400,
    pageRows: 90,
    sortingColumns: [],
  }),
  'sink-none-large': sink(largeRows(36_000), {
    compression: 'none',
    rowGroupRows: 20_000,
    pageRows: 5_000,
    sortingColumns: ['ts_event'],
  }),
  'crc-v1-gzip': repacked(duckdb(FLAT, 'COMPRESSION gzip'), { codec: 'gzip' }),
  'crc-v1-brotli-nested': repacked(duckdb(NESTED, 'COMPRESSION snappy'), { codec: 'brotli' }),
  'crc-v1-lz4raw-delta': rewritten('delta', { codec: 'lz4raw', toV1: true }),
  'crc-v1-zstd-split': rewritten('split', { codec: 'zstd', toV1: true }),
  'crc-v2-gzip-plain': rewritten('plain', { codec: 'gzip' }),
  'crc-v2-brotli-delta': rewritten('delta', { codec: 'brotli' }),
  'crc-v2-lz4raw-split': rewritten('split', { codec: 'lz4raw' }),
  'crc-v2-zstd-nested': repacked(async () => hyparquetNested(), { codec: 'zstd' }),
  'crc-v2-snappy-half-raw': rewritten('dictionary', { codec: 'snappy', everyOtherRaw: true }),
};

/** Makes the base files, the same ones each time. */
export async function makeBaseFiles(): Promise<BaseFile[]> {
  const duckdbWriter = await openDuckDbWriter();
  try {
    const files: BaseFile[] = [];
    for (const [name, recipe] of Object.entries(RECIPES))
      files.push({ name, bytes: await recipe(duckdbWriter) });
    return files;
  } finally {
    await duckdbWriter.close();
  }
}

function duckdb(select: string, options: string): Recipe {
  return (writer) => writer.write(select, options);
}

function sink(select: string, shape: SinkShape): Recipe {
  return async (writer) =>
    writeSinkFile(await readRows(await writer.write(select, 'COMPRESSION snappy')), shape);
}

function repacked(recipe: Recipe, repacking: Repacking): Recipe {
  return async (writer) => repackPages(await recipe(writer), repacking);
}

function rewritten(encoding: FlatEncoding, repacking: Repacking): Recipe {
  return repacked(async () => hyparquetFlat(encoding, 'UNCOMPRESSED'), repacking);
}
