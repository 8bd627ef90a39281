import { columnAt, copyColumn, createColumnBuffer, type Column, type Schema } from '@ticklake/columnar';
import { bytesSource, isLakeError } from '@ticklake/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { ChunkMeta } from '../format/metadata.js';
import { openDuckDb } from '../spec-support/duckdb-oracle.js';
import { ARENA } from '../spec-support/test-arena.js';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import { openCodecs } from './open-codecs.js';
import { openParquet } from './open-parquet.js';
import { USUAL_LIMITS } from './parquet-limits.js';
import { readFooter } from './read-footer.js';
import { buildSchema, type Leaf } from './schema-tree.js';
import { appendWholeChunk } from './whole-chunk.js';

const ROWS = 150;

/** Pages of DuckDB, which have no checksum, and of ours, which do: dictionaries, plain numbers and texts, deltas. */
let files: Readonly<Record<'theirs' | 'ours', Uint8Array>>;
beforeAll(async () => {
  const duckdb = await openDuckDb();
  const file = join(duckdb.directory, 'some.parquet');
  const rows = `SELECT i, i % 7 AS few, 'text ' || i % 9 AS words, i / 3 AS float, 'all ' || i AS apart, CASE i % 2 WHEN 0 THEN i END AS half`;
  await duckdb.run(
    `COPY (${rows} FROM range(${ROWS}) AS t(i)) TO '${file}' (FORMAT parquet, COMPRESSION snappy)`,
  );
  const theirs = readFileSync(file);
  duckdb.close();
  files = { theirs, ours: await ourFile() };
});
afterEach(() => expect(ARENA.usedBytes).toBe(0));

function ourFile(pageRows = 20_000): Promise<Uint8Array> {
  const type = { kind: 'int', bits: 64, signed: true } as const;
  const schema: Schema = {
    fields: ['id', 'few'].map((name) => ({ name, type, nullable: false })),
  };
  const of = (value: (i: number) => number): Column => ({
    layout: 'fixed',
    values: BigInt64Array.from({ length: ROWS }, (_, i) => BigInt(value(i))),
  });
  const batch = { schema, rowCount: ROWS, columns: [of((i) => i ** 3), of((i) => i % 5)] };
  return parquetBytes(schema, [batch], { pageRows, rowGroupRows: ROWS });
}

/** What becomes of reading each column, in steps of so many rows: its values, or what is wrong with it; and how many pages were read. */
async function outcomes(bytes: Uint8Array, stepRows: number): Promise<unknown> {
  let reader;
  try {
    reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, USUAL_LIMITS);
  } catch (error) {
    return failureOf(error);
  }
  const found: unknown[] = [];
  let pages: unknown = { ...reader.pages };
  for (const { name, type } of reader.schema.fields) {
    const buffer = createColumnBuffer(ARENA, type);
    const cursor = reader.column(name);
    try {
      for (let row = 0; row < reader.rowCount; row += stepRows) {
        await cursor.read(buffer, Math.min(stepRows, reader.rowCount - row));
      }
      found.push(copyColumn(columnAt(ARENA, type, buffer.placed())));
      pages = { ...reader.pages };
    } catch (error) {
      found.push(failureOf(error));
    } finally {
      cursor.close();
      buffer.release();
    }
  }
  reader.close();
  return { found, pages };
}

function failureOf(error: unknown) {
  if (!isLakeError(error)) throw error;
  const { kind, code, message, details } = error;
  return { kind, code, message, details };
}

/** Which chunks of a file are appended as a whole. */
async function areAppended(bytes: Uint8Array): Promise<readonly boolean[]> {
  const tools = { source: bytesSource(bytes), arena: ARENA, limits: USUAL_LIMITS };
  const { meta, file } = await readFooter({ ...tools, wholeBytesMax: 0, windowBytes: 64 });
  const { leaves } = buildSchema(meta.schema, USUAL_LIMITS);
  const codecs = await openCodecs(meta);
  const counts = { read: 0, withCrc: 0 };
  const context = { file, arena: ARENA, limits: USUAL_LIMITS, counts, codecs };
  return leaves.map((leaf: Leaf, i) => {
    const buffer = createColumnBuffer(ARENA, leaf.type);
    const chunk = meta.rowGroups[0]?.chunk(i) as ChunkMeta;
    const isAppended = appendWholeChunk(context, { chunk, leaf, rowGroup: 0 }, buffer);
    expect(buffer.rowCount).toBe(isAppended ? ROWS : 0);
    buffer.release();
    return isAppended;
  });
}

describe('a chunk that is appended as a whole', () => {
  it('is one of a data page without nulls, with a dictionary or without', async () => {
    expect(await areAppended(files.theirs)).toEqual([true, true, true, true, true, false]);
    expect(await areAppended(files.ours)).toEqual([true, true]);
    expect(await areAppended(await ourFile(40))).toEqual([false, false]);
  });

  it.each([
    ['theirs', ['PAGE_CORRUPT', 'SNAPPY_CORRUPT', 'STATS_MISMATCH', 'THRIFT_ERROR']],
    ['ours', ['CRC_MISMATCH', 'THRIFT_ERROR']],
  ] as const)(
    'fails as one that is read page by page, wherever a byte is damaged (%s)',
    async (which, codes) => {
      const bytes = files[which];
      expect(await outcomes(bytes, 100)).toEqual(await outcomes(bytes, ROWS));
      const seen = new Set<string>();
      for (let at = 0; at < bytes.length; at += 5) {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] as number) ^ (1 << at % 8);
        const outcome = await outcomes(damaged, ROWS);
        expect({ at, outcome }).toEqual({ at, outcome: await outcomes(damaged, 100) });
        for (const [code] of inspect(outcome, { depth: 4 }).matchAll(/[A-Z]+_[A-Z]+/g)) seen.add(code);
      }
      expect([...seen]).toEqual(expect.arrayContaining([...codes]));
    },
  );
});
