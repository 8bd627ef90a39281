import { createHash } from 'node:crypto';

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createArena, type Column, type RecordBatch } from '@ticklake/columnar';
import { bytesSource, LakeError, type ByteSource } from '@ticklake/core';
import type { FileFacts, Finding } from './facts.js';
import { exampleVerify } from './spec-support/example-publication.js';
import { exampleBatch, exampleRows, type ExampleRow } from './spec-support/example-rows.js';
import { exampleBytes, parquetBytes, schemaWith } from './spec-support/parquet-bytes.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';
import { verifyParquet, type VerifyOptions } from './verify-parquet.js';

const temporaryDirectory = temporaryDirectories();
const rows = exampleRows(100);

const verify = (bytes: Uint8Array, expected: Partial<FileFacts> = {}, options: Partial<VerifyOptions> = {}) =>
  verifyParquet(bytesSource(bytes), expected, { ...exampleVerify, ...options });
const brief = (findings: readonly Finding[]) => findings.map(({ check, severity }) => `${severity} ${check}`);
const withColumn = (batch: RecordBatch, index: number, column: Column): RecordBatch => ({
  ...batch,
  columns: batch.columns.map((old, i) => (i === index ? column : old)),
});
const int64 = (values: readonly bigint[]): Column => ({
  layout: 'fixed',
  values: BigInt64Array.from(values),
});

describe('verifyParquet on a good file', () => {
  it('states its facts and finds nothing', async () => {
    const bytes = await exampleBytes(rows);
    const { facts, findings } = await verify(bytes);
    expect(findings).toEqual([]);
    expect(facts).toMatchObject({
      rowCount: 100,
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      orderMin: rows[0]?.ts,
      orderMax: rows[99]?.ts,
    });
    expect((await verify(bytes, facts)).findings).toEqual([]);
  });

  it('knows the same content in other encodings', async () => {
    const plain = await verify(
      await parquetBytes(exampleBatch(rows), { parquet: { compression: 'none', rowGroupRows: 7 } }),
    );
    const packed = await verify(
      await parquetBytes(exampleBatch(rows), { parquet: { compression: 'zstd', pageRows: 3 } }),
    );
    expect(plain.facts?.sha256).not.toBe(packed.facts?.sha256);
    expect(plain.facts?.content).toEqual(packed.facts?.content);
  });

  it('takes a file without rows', async () => {
    const { facts, findings } = await verify(await exampleBytes([]));
    expect(findings).toEqual([]);
    expect(facts).toMatchObject({ rowCount: 0, orderMin: undefined, orderMax: undefined });
  });

  it('reads memory-sized pieces of a file of any length, in order across them', async () => {
    const many = exampleRows(40_000);
    const bytes = await parquetBytes(exampleBatch(many), {
      parquet: { rowGroupRows: 30_000, pageRows: 5_000 },
    });
    expect(await verify(bytes)).toMatchObject({ facts: { rowCount: 40_000 }, findings: [] });
  });
});

describe('every finding', () => {
  const swapped = [...rows.slice(0, 50), rows[80], rows[50], ...rows.slice(51)] as ExampleRow[];
  const nullTs = (batch: RecordBatch): RecordBatch => {
    const [ts] = batch.columns as [Column & { layout: 'fixed' }];
    const validity = Uint8Array.from({ length: batch.rowCount }, (_, i) => (i === 30 ? 0 : 1));
    return withColumn({ ...batch, schema: schemaWith('ts_event', { nullable: true }) }, 0, {
      ...ts,
      validity,
    });
  };
  const sequence = (change: (row: number) => number) => (batch: RecordBatch) =>
    withColumn(batch, 1, int64(rows.map((_, i) => BigInt(change(i)))));
  const narrow = (batch: RecordBatch): RecordBatch =>
    withColumn(
      { ...batch, schema: schemaWith('seq', { type: { kind: 'int', bits: 32, signed: true } }) },
      1,
      {
        layout: 'fixed',
        values: Int32Array.from(rows, (_, i) => i),
      },
    );

  it.each<[string, Promise<Uint8Array>, Partial<VerifyOptions>, string[]]>([
    ['rows out of order', exampleBytes(swapped), { sequence: undefined }, ['error order']],
    ['a null in an order column', exampleBytes(rows, nullTs), {}, ['error order']],
    [
      'an order column that is missing',
      exampleBytes(rows),
      { orderBy: ['ts_recv'] },
      ['error order', 'warning sorting_columns'],
    ],
    [
      'an order column of text',
      exampleBytes(rows),
      { orderBy: ['venue'] },
      ['error order', 'warning sorting_columns'],
    ],
    [
      'a gap in the sequence',
      exampleBytes(
        rows,
        sequence((i) => (i < 60 ? i : i + 1)),
      ),
      {},
      ['error sequence'],
    ],
    [
      'a sequence from 1',
      exampleBytes(
        rows,
        sequence((i) => i + 1),
      ),
      {},
      ['error sequence'],
    ],
    [
      'a sequence of 2^32 and more',
      exampleBytes(
        rows,
        sequence((i) => i + 2 ** 32),
      ),
      {},
      ['error sequence'],
    ],
    ['a sequence of int32', exampleBytes(rows, narrow), {}, ['error sequence']],
    [
      'a sequence that may be null and starts elsewhere',
      exampleBytes(rows, (batch) => ({
        ...sequence((i) => i + 178_589)(batch),
        schema: schemaWith('seq', { nullable: true }),
      })),
      {},
      ['error sequence', 'error sequence'],
    ],
    ['no sequence', exampleBytes(rows), { sequence: 'number' }, ['error sequence']],
    [
      'no recorded order',
      parquetBytes(exampleBatch(rows), { parquet: { sortingColumns: [] } }),
      {},
      ['info sorting_columns'],
    ],
    [
      'another recorded order',
      parquetBytes(exampleBatch(rows), { parquet: { sortingColumns: ['seq'] } }),
      {},
      ['warning sorting_columns'],
    ],
    ['an empty file', Promise.resolve(new Uint8Array()), {}, ['error readable']],
    [
      'not Parquet',
      Promise.resolve(new TextEncoder().encode('<html>not found</html>')),
      {},
      ['error readable'],
    ],
  ])('%s', async (_, bytes, options, expected) => {
    expect(brief((await verify(await bytes, {}, options)).findings)).toEqual(expected);
  });

  it('names the first bad row', async () => {
    const { findings } = await verify(await exampleBytes(swapped), {}, { sequence: undefined });
    expect(findings[0]?.details).toEqual({ code: 'UNSORTED', columns: 'ts_event,seq', row: 51 });
  });

  it.each<[string, (facts: FileFacts) => Partial<FileFacts>, string[]]>([
    ['size', ({ sizeBytes }) => ({ sizeBytes: sizeBytes + 1 }), ['error size']],
    ['bytes', () => ({ sha256: '0'.repeat(64) }), ['error sha256']],
    ['rows', ({ rowCount }) => ({ rowCount: rowCount - 1 }), ['error row_count']],
    ['columns', () => ({ schemaFingerprint: '0'.repeat(64) }), ['error schema']],
    ['start', () => ({ orderMin: 0n }), ['error ts_range']],
    ['end', () => ({ orderMax: 0n }), ['error ts_range']],
    [
      'rows as a set',
      ({ content }) => ({ content: { ...content, multiset: '0'.repeat(32) } }),
      ['error content'],
    ],
    [
      'rows in order',
      ({ content }) => ({ content: { ...content, ordered: '0'.repeat(32) } }),
      ['error content'],
    ],
  ])('other %s than expected', async (_, change, expected) => {
    const bytes = await exampleBytes(rows);
    const { facts } = await verify(bytes);
    expect(brief((await verify(bytes, change(facts as FileFacts))).findings)).toEqual(expected);
  });

  it('a page whose bytes are not those of its CRC', async () => {
    const bytes = await parquetBytes(exampleBatch(rows), { parquet: { compression: 'none' } });
    const price = Buffer.from(Float64Array.of(rows[5]?.price ?? 0).buffer);
    const at = Buffer.from(bytes).indexOf(price);
    expect(at).toBeGreaterThan(0);
    bytes[at] = (bytes[at] as number) ^ 1;
    const { facts, findings } = await verify(bytes);
    expect(facts).toBeUndefined();
    expect(brief(findings)).toEqual(['error crc']);
    expect(findings[0]?.details).toMatchObject({ code: 'CRC_MISMATCH' });
  });

  it('a tail that is missing', async () => {
    const bytes = await exampleBytes(rows);
    expect(brief((await verify(bytes.subarray(0, bytes.length - 9))).findings)).toEqual(['error readable']);
  });

  it('rows that the arena cannot hold', async () => {
    const arena = createArena({ bytesMax: 4096 });
    const { facts, findings } = await verify(await exampleBytes(exampleRows(2_000)), {}, { arena });
    expect(facts).toBeUndefined();
    expect(findings).toMatchObject([{ check: 'readable', severity: 'error', details: { code: 'MEMORY' } }]);
    expect(arena.usedBytes).toBe(0);
  });

  it('statistics that disagree with the rows', async () => {
    const bytes = await parquetBytes(exampleBatch(rows), {
      parquet: { compression: 'none', rowGroupRows: 1000 },
    });
    const max = Buffer.from(BigInt64Array.of(rows[99]?.ts ?? 0n).buffer);
    const lie = Buffer.from(BigInt64Array.of((rows[99]?.ts ?? 0n) + 5n).buffer);
    const forged = Buffer.from(bytes);
    const footer = forged.length - 8 - forged.readUInt32LE(forged.length - 8);
    for (let at = forged.indexOf(max, footer); at >= 0; at = forged.indexOf(max, at + 1))
      lie.copy(forged, at);
    expect(brief((await verify(forged)).findings)).toContain('error statistics');
  });

  it('pages without checksums, in a file of another writer', async () => {
    const path = join(await temporaryDirectory(), 'foreign.parquet');
    const database = await DuckDBInstance.create();
    const connection = await database.connect();
    await connection.run(
      `copy (select i as ts_event, i as seq, i / 4.0::double as price from range(500) t(i)) to '${path}' (format parquet)`,
    );
    connection.closeSync();
    const { facts, findings } = await verify(await readFile(path), {}, { sequence: undefined });
    expect(facts).toMatchObject({ rowCount: 500, orderMin: 0n, orderMax: 499n });
    expect(brief(findings)).toEqual(['info sorting_columns', 'warning unprotected']);
  });
});

describe('what is thrown', () => {
  const failing = (kind: 'unavailable' | 'conflict' | 'denied'): ByteSource => ({
    size: 1000,
    read: () => Promise.reject(new LakeError(kind, 'no')),
  });
  it.each(['unavailable', 'conflict', 'denied'] as const)('%s says nothing about the file', async (kind) => {
    await expect(verifyParquet(failing(kind), {}, exampleVerify)).rejects.toMatchObject({ kind });
  });

  it('a signal stops it', async () => {
    const signal = AbortSignal.abort();
    await expect(verify(await exampleBytes(rows), {}, { signal })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});

it('finds a flipped bit at every byte of a small file', async () => {
  const bytes = await parquetBytes(exampleBatch(exampleRows(20)), { metadata: { note: 'self-description' } });
  const { facts } = await verify(bytes);
  const unseen: number[] = [];
  const unseenWithoutSha: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] as number) ^ (1 << at % 8);
    const { findings } = await verify(damaged, facts);
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (!errors.some(({ check }) => check === 'sha256')) unseen.push(at);
    if (!errors.some(({ check }) => check !== 'sha256')) unseenWithoutSha.push(at);
  }
  expect(unseen).toEqual([]);
  // Page bodies are covered by their CRC too: what only the hash of the whole file sees are headers and the footer.
  expect(unseenWithoutSha.length).toBeLessThan(bytes.length);
});

it('says what the pages of every column are compressed by', async () => {
  const columns = { price: { compression: 'none' } } as const;
  const bytes = await parquetBytes(exampleBatch(rows), { parquet: { compression: 'snappy', columns } });
  const { facts } = await verify(bytes);
  const others = Object.fromEntries(exampleBatch(rows).schema.fields.map(({ name }) => [name, 'SNAPPY']));
  expect(facts?.codecs).toEqual({ ...others, price: 'UNCOMPRESSED' });
});
