import { parseUtcDay } from '@ticklake/core';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryRows } from '../demo/query.js';
import { writeForeignDay } from './foreign-day.js';
import { FOREIGN_STYLES, type ForeignStyleName } from './foreign-style.js';
import { rewriteByHyparquet } from './hyparquet-copy.js';

/** Encodings of ts_event, bid_price and symbol; `*` where the writer may choose. */
const EXPECTED: Readonly<Record<ForeignStyleName, readonly string[]>> = {
  'duckdb-v1-dictionary': ['PLAIN_DICTIONARY', 'PLAIN_DICTIONARY', 'PLAIN_DICTIONARY'],
  'duckdb-v1-default': ['PLAIN', 'PLAIN_DICTIONARY', 'PLAIN_DICTIONARY'],
  'duckdb-v1-plain': ['PLAIN', 'PLAIN', 'PLAIN'],
  'duckdb-v2-default': ['DELTA_BINARY_PACKED', 'RLE_DICTIONARY', 'RLE_DICTIONARY'],
  'duckdb-v2-delta': ['DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT', 'DELTA_LENGTH_BYTE_ARRAY'],
  'hyparquet-default': ['PLAIN', 'PLAIN, RLE_DICTIONARY', 'PLAIN, RLE_DICTIONARY'],
  'hyparquet-dictionary': ['PLAIN, RLE_DICTIONARY', 'PLAIN, RLE_DICTIONARY', 'PLAIN, RLE_DICTIONARY'],
  'hyparquet-plain': ['PLAIN', 'PLAIN', 'PLAIN'],
  'hyparquet-delta': ['DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT', 'DELTA_BYTE_ARRAY'],
  'hyparquet-small-pages': ['PLAIN', 'PLAIN, RLE_DICTIONARY', 'PLAIN, RLE_DICTIONARY'],
};

describe('foreign styles', () => {
  let directory: string;
  let reference: string | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ticklake-style-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each(Object.keys(EXPECTED) as ForeignStyleName[])(
    '%s holds the same rows in its own encodings',
    async (name) => {
      const style = FOREIGN_STYLES[name];
      const copyOptions = style.writer === 'duckdb' ? style.copyOptions : 'COMPRESSION snappy';
      const shape = { rows: 40_000, files: 2, shape: 'in-turn', overlapShare: 1 } as const;
      const paths = await writeForeignDay({
        directory,
        day: parseUtcDay('2026-02-03'),
        stream: 'bbo',
        ...shape,
        copyOptions,
      });
      if (style.writer === 'hyparquet') await rewriteByHyparquet(paths, style);
      const [path] = paths;
      const { rows } = await queryRows(
        `SELECT DISTINCT path_in_schema, encodings, compression FROM parquet_metadata('${path}')
        WHERE path_in_schema IN ('ts_event', 'bid_price', 'symbol') AND row_group_num_rows > 1000`,
      );
      const columns = ['ts_event', 'bid_price', 'symbol'].map((column) =>
        rows.find(([name]) => name === column),
      );
      expect(columns.map((column) => column?.[1])).toEqual(EXPECTED[name]);
      expect(columns.map((column) => column?.[2])).toEqual(['SNAPPY', 'SNAPPY', 'SNAPPY']);
      expect(await pageVersions(path as string)).toEqual([style.writer === 'duckdb' ? 1 : 2]);
      const content = await queryRows(
        `SELECT count(*), bit_xor(hash(t)) FROM read_parquet('${directory}/**/*.parquet', hive_partitioning = false) t`,
      );
      reference ??= String(content.rows[0]);
      expect(String(content.rows[0])).toBe(reference);
    },
  );
});

/** Of the first data page of every column: the second byte of a page header is its type, 0 or 3 in zigzag. */
async function pageVersions(path: string): Promise<readonly number[]> {
  const bytes = await readFile(path);
  const { rows } = await queryRows(`SELECT data_page_offset FROM parquet_metadata('${path}')`);
  const types = rows.map(([offset]) => bytes[Number(offset) + 1]);
  return [...new Set(types.map((type) => (type === 0 ? 1 : type === 6 ? 2 : NaN)))];
}
