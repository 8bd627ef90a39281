import { createColumnBuffer, textColumn, withBlock, type RecordBatch, type Schema } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import { crc32 } from 'node:zlib';
import { openPageCodec, type PageCodec } from '../codec/page-codec.js';
import { openParquet, type ParquetReader } from '../read/open-parquet.js';
import { readAll } from '../spec-support/read-all.js';
import { USUAL_LIMITS } from '../read/parquet-limits.js';
import { ARENA } from '../spec-support/test-arena.js';
import { bytes, oneOf, pageV2, required, page, TEN, levels, RUN_OF_TEN } from '../testing/attacks/parts.js';
import { createParquetSink, type ParquetSinkOptions } from './parquet-sink.js';
import { openRowGroupEncoder } from './row-group-encoder.js';
import { parquetBytes, SMALL } from './spec-support/parquet-bytes.js';
import { memorySink } from '../testing/memory-sink.js';

/** A copy of a file, made row group by row group. */
async function copyOf(file: Uint8Array, options: ParquetSinkOptions): Promise<Uint8Array> {
  const usedBytes = ARENA.usedBytes;
  const reader = await openParquet({ source: bytesSource(file), arena: ARENA }, USUAL_LIMITS);
  try {
    return await copyRows(reader, options);
  } finally {
    reader.close();
    expect(ARENA.usedBytes).toBe(usedBytes);
  }
}

async function copyRows(reader: ParquetReader, options: ParquetSinkOptions): Promise<Uint8Array> {
  const { schema, rowGroups } = reader;
  const encoder = await openRowGroupEncoder(ARENA, schema, options);
  const target = memorySink();
  const sink = createParquetSink({ target, arena: ARENA }, schema, options);
  const buffers = schema.fields.map(({ type }) => createColumnBuffer(ARENA, type));
  try {
    for (const [rowGroup, { rowCount }] of rowGroups.entries()) {
      const stored = buffers.map((into, i) => {
        const name = schema.fields[i]?.name ?? '';
        return { layout: 'stored', reader, rowGroup, name, into } as const;
      });
      await sink.writeRowGroup((await encoder.encode(stored, rowCount)).flat(), rowCount);
    }
    await sink.finish({});
  } finally {
    sink.close();
    encoder.release();
    for (const buffer of buffers) buffer.release();
  }
  return target.bytes();
}

function encoded(codec: PageCodec, body: Uint8Array): Uint8Array {
  return withBlock(ARENA, body.length, (from) =>
    withBlock(ARENA, codec.bound(body.length), (to) => {
      ARENA.put(body, from);
      return ARENA.bytes.slice(to, to + codec.encode(ARENA, from, body.length, to));
    }),
  );
}

const holds = (file: Uint8Array, part: Uint8Array) => Buffer.from(file).includes(Buffer.from(part));

const SCHEMA: Schema = {
  fields: [
    { name: 'n', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    { name: 'text', type: { kind: 'utf8' }, nullable: true },
  ],
};
const BATCH: RecordBatch = {
  schema: SCHEMA,
  rowCount: 250,
  columns: [
    { layout: 'fixed', values: BigInt64Array.from({ length: 250 }, (_, i) => BigInt(i * i)) },
    textColumn(Array.from({ length: 250 }, (_, i) => (i % 5 === 0 ? null : `text ${i % 90}`))),
  ],
};

describe('copied pages', () => {
  it.each(['none', 'snappy', 'zstd'] as const)('of %s make the same file again', async (compression) => {
    const options = { ...SMALL, compression };
    const file = await parquetBytes(SCHEMA, [BATCH], options);
    expect(Buffer.compare(await copyOf(file, options), file)).toBe(0);
  });

  it('of another codec are made anew', async () => {
    const file = await parquetBytes(SCHEMA, [BATCH], { compression: 'none' });
    const copy = await copyOf(file, { ...SMALL, compression: 'zstd' });
    expect(Buffer.compare(copy, await parquetBytes(SCHEMA, [BATCH], { compression: 'zstd' }))).toBe(0);
  });

  it.each([
    ['zstd', false],
    ['snappy', true],
  ] as const)('of %s without checksums are kept: %s', async (compression, isKept) => {
    const options = { ...SMALL, compression, dictionaryBytesMax: 0 };
    const codec = await openPageCodec(compression, options);
    const body = encoded(codec, TEN);
    const numbers = { snappy: 1, zstd: 6 };
    const chunk = (crc: number | undefined) => ({
      codec: numbers[compression],
      pages: [page(body, { uncompressed: TEN.length, ...(crc !== undefined && { crc }) })],
    });
    // Delta encoding is what this library would choose, so that PLAIN tells a page that was kept.
    expect(holds(await copyOf(required(chunk(undefined)), options), body)).toBe(isKept);
    expect(holds(await copyOf(required(chunk(crc32(body) | 0)), options), body)).toBe(true);
  });

  it.each([
    ['as they are', required({ pages: [pageV2({ values: TEN })] }), TEN, true],
    // A run of ten ones, in a column that has no nulls.
    [
      'without levels that nobody asked for',
      required({ pages: [pageV2({ definition: bytes(RUN_OF_TEN, 1), values: TEN })] }),
      bytes(RUN_OF_TEN, 1, TEN),
      false,
    ],
    [
      'with levels as they are',
      oneOf({ repetition: 1 }, { pages: [page(bytes(levels(RUN_OF_TEN, 1), TEN))] }),
      bytes(levels(RUN_OF_TEN, 1), TEN),
      true,
    ],
  ])('of strangers are kept %s', async (_what, file, body, isKept) => {
    const copy = await copyOf(file, { ...SMALL, compression: 'none' });
    expect(holds(copy, body)).toBe(isKept);
    expect((await readAll(copy)).columns).toEqual((await readAll(file)).columns);
  });
});
