import type { Field, RecordBatch, Schema } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openParquet } from '../read/open-parquet.js';
import { USUAL_LIMITS } from '../read/parquet-limits.js';
import { openDuckDb, type DuckDbOracle } from '../spec-support/duckdb-oracle.js';
import { expectLayout, pagesOf, rowsOf } from '../spec-support/page-layout.js';
import { readAll } from '../spec-support/read-all.js';
import { ARENA } from '../spec-support/test-arena.js';
import { arbitraryFile } from '../spec-support/arbitrary-file.js';
import { copyOf, type Copying } from './spec-support/copied-file.js';
import { parquetBytes } from './spec-support/parquet-bytes.js';

const text: Field = { name: 'text', type: { kind: 'utf8' }, nullable: true };
const count: Field = { name: 'count', type: { kind: 'int', bits: 64, signed: true }, nullable: true };
const struct = (name: string, ...children: readonly Field[]): Field => ({
  name,
  type: { kind: 'nested', shape: 'struct', children },
  nullable: true,
});
const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    struct('meta', text, struct('inner', count, { ...text, name: 'venue' })),
  ],
};

/** Two row groups of structs in structs, with nulls at every depth, few values and many. */
const ENTRIES: RecordBatch = {
  schema: SCHEMA,
  rowCount: 180,
  columns: [
    { layout: 'fixed', values: BigInt64Array.from({ length: 180 }, (_, i) => BigInt(i)) },
    {
      layout: 'nested',
      values: Array.from({ length: 180 }, (_, i) => {
        if (i % 11 === 0) return null;
        const inner = i % 5 === 0 ? null : [i % 7 === 0 ? null : BigInt(i * i), `venue-${i % 3}`];
        return [i % 4 === 0 ? null : `text ${i}`, inner];
      }),
    },
  ],
};

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
});
afterAll(() => duckdb.close());
afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** A copy that does not decode what it need not, and the bytes of the chunks it was shown. */
async function unreadCopyOf(bytes: Uint8Array, copying: Copying = {}) {
  const seen = new Map<string, Buffer>();
  const copied = await copyOf(bytes, {
    ...copying,
    witness: ({ name, rowGroup }, chunk) => {
      const key = `${name} ${rowGroup}`;
      seen.set(key, Buffer.concat([seen.get(key) ?? Buffer.alloc(0), chunk]));
    },
  });
  return { copied, seen };
}

/** The chunks of every column in every row group, by the footer. */
async function chunksOf(bytes: Uint8Array): Promise<ReadonlyMap<string, Buffer>> {
  const reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, USUAL_LIMITS);
  const chunks = new Map<string, Buffer>();
  for (const [rowGroup, { columns }] of reader.rowGroups.entries()) {
    for (const { name, offset, sizeBytes } of columns) {
      const key = `${name} ${rowGroup}`;
      const chunk = bytes.subarray(offset, offset + sizeBytes);
      chunks.set(key, Buffer.concat([chunks.get(key) ?? Buffer.alloc(0), chunk]));
    }
  }
  reader.close();
  return chunks;
}

/** `bytes` with one bit of the last page of a leaf flipped, and where that page is. */
function damaged(bytes: Uint8Array, leaf: number) {
  const pages = pagesOf(bytes, 1, leaf);
  const { offset, sizeBytes } = pages.at(-1)!;
  const broken = bytes.slice();
  broken[offset + sizeBytes - 1]! ^= 1;
  return { broken, page: pages.length - 1, offset };
}

describe('columns that are copied without being decoded', () => {
  it('have the bytes that decoding and encoding them gives, for every type, codec, encoding and page size', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryFile(), fc.boolean(), async ({ batch, options }, atOnce) => {
        const bytes = await parquetBytes(batch.schema, [batch], options);
        const { copied, seen } = await unreadCopyOf(bytes, { options, atOnce });
        expect(Buffer.compare(copied, bytes)).toBe(0);
        expect(seen).toEqual(await chunksOf(bytes));
        expect(ARENA.usedBytes).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('keep their pages where others would be made, in a file that others read', async () => {
    const bytes = await parquetBytes(SCHEMA, [ENTRIES], { compression: 'snappy', pageRows: 13 });
    const { copied } = await unreadCopyOf(bytes, { options: { compression: 'snappy', pageRows: 50 } });
    expect(Buffer.compare(copied, bytes)).toBe(0);
    expectLayout(copied, { rows: await rowsOf(bytes) });
    const path = join(duckdb.directory, 'copied.parquet');
    writeFileSync(path, copied);
    expect(await duckdb.columns(`select meta.inner.count from '${path}' where id = 179`)).toEqual([
      [String(179 * 179)],
    ]);
    expect(await readAll(copied)).toEqual(await readAll(bytes));
  });

  it('are not decoded: nobody but the witness sees what a checksum does not cover', async () => {
    const bytes = await parquetBytes(SCHEMA, [ENTRIES], { compression: 'none' });
    // A wrong entry count in the header of a dictionary, which only decoding it tells.
    const [dictionary] = pagesOf(bytes, 0, 3);
    expect(dictionary!.type).toBe(2);
    const header = Buffer.from(
      bytes.subarray(
        dictionary!.offset,
        dictionary!.offset + dictionary!.sizeBytes - dictionary!.body.length,
      ),
    );
    const at = header.indexOf(Buffer.of(0x15, 0x06, 0x15, 0x00));
    expect(at).toBeGreaterThan(0);
    const broken = bytes.slice();
    broken[dictionary!.offset + at + 1] = 0x08;
    await expect(copyOf(broken)).rejects.toMatchObject({ kind: 'corrupt' });
    const { seen } = await unreadCopyOf(broken, { options: { compression: 'none' } });
    expect(seen).not.toEqual(await chunksOf(bytes));
    expect(seen).toEqual(await chunksOf(broken));
  });

  it.each([0, 1, 2, 3])('are refused where a page is damaged, leaf %i', async (leaf) => {
    const bytes = await parquetBytes(SCHEMA, [ENTRIES]);
    const { broken, page, offset } = damaged(bytes, leaf);
    await expect(unreadCopyOf(broken)).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'CRC_MISMATCH',
      details: { rowGroup: 1, page, offset },
    });
  });

  it('are refused where their pages hold another number of values than the row group', async () => {
    const bytes = await parquetBytes(SCHEMA, [ENTRIES], {
      compression: 'none',
      rowGroupRows: 180,
      pageRows: 90,
    });
    const pages = pagesOf(bytes, 0, 2).filter(({ type }) => type === 0);
    expect(pages.map(({ valueCount }) => valueCount)).toEqual([90, 90]);
    for (const [value, code] of [
      [89, /ends before its last value/],
      [91, /more values than their chunk/],
    ] as const) {
      const broken = bytes.slice();
      const { offset } = pages[1]!;
      // The number of values is the first thing a data page header says, in two bytes.
      const header = Buffer.from(broken.buffer, broken.byteOffset + offset, 40);
      const at = header.indexOf(Buffer.of(0x1c, 0x15, (180 & 0x7f) | 0x80, 180 >> 7));
      expect(at).toBeGreaterThan(0);
      broken.set([((value * 2) & 0x7f) | 0x80, (value * 2) >> 7], offset + at + 2);
      await expect(unreadCopyOf(broken, { options: { compression: 'none' } })).rejects.toMatchObject({
        code: 'PAGE_CORRUPT',
        message: expect.stringMatching(code),
      });
    }
  });

  it.each([
    ['another codec', { compression: 'zstd' as const }, SCHEMA],
    [
      'other fields',
      { compression: 'none' as const },
      { fields: [SCHEMA.fields[0]!, { ...SCHEMA.fields[1]!, nullable: false }] },
    ],
  ])('are decoded where they would be stored otherwise: %s', async (_, options, schema) => {
    const rows = { ...ENTRIES, columns: [ENTRIES.columns[0]!, present(ENTRIES)] };
    const bytes = await parquetBytes(SCHEMA, [rows], { compression: 'none' });
    const { copied, seen } = await unreadCopyOf(bytes, { schema, options });
    const anew = await parquetBytes(schema, [{ ...rows, schema }], options);
    expect(Buffer.compare(copied, anew)).toBe(0);
    expect(seen).toEqual(await chunksOf(bytes));
  });
});

/** The structs of a batch, none of which is null. */
function present({ columns }: RecordBatch): RecordBatch['columns'][number] {
  const [, meta] = columns;
  if (meta?.layout !== 'nested') throw new Error('the second column is nested');
  return { layout: 'nested', values: meta.values.map((value) => value ?? [null, null]) };
}

it.each(['uncompressed', 'snappy', 'zstd'].flatMap((codec) => ['v1', 'v2'].map((v) => [codec, v] as const)))(
  'structs and lists of DuckDB are the same for it when they were copied, %s %s',
  async (codec, version) => {
    const path = join(duckdb.directory, 'source.parquet');
    await duckdb.run(
      `copy (select i, case when i % 9 = 4 then null else {a: i * 3, b: 'text ' || (i % 5),
         c: {d: case when i % 4 = 1 then null else i / 8 end, e: i % 3 = 0}} end as s, [{x: i}, {x: i + 1}] as l
       from range(5000) t(i)) to '${path}' (format parquet, compression ${codec}, parquet_version ${version}, row_group_size 2048)`,
    );
    const bytes = new Uint8Array(readFileSync(path));
    const compression = codec === 'uncompressed' ? 'none' : (codec as 'snappy' | 'zstd');
    const { copied, seen } = await unreadCopyOf(bytes, { options: { compression } });
    expect(await readAll(copied)).toEqual(await readAll(bytes));
    expect(seen).toEqual(await chunksOf(bytes));
    const other = join(duckdb.directory, 'copied.parquet');
    writeFileSync(other, copied);
    expect(await duckdb.columns(`select * from '${other}'`)).toEqual(
      await duckdb.columns(`select * from '${path}'`),
    );
    // It writes no checksums, without which zstd is made anew.
    const bodies = [copied, bytes].map((one) => pagesOf(one, 0, 1).map(({ body }) => body));
    if (compression === 'zstd') expect(bodies[0]).not.toEqual(bodies[1]);
    else expect(bodies[0]).toEqual(bodies[1]);
  },
);
