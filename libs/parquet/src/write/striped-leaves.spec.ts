import { createColumnBuffer, type RecordBatch, type Schema } from '@ticklake/columnar';
import { arbitraryBatch, arbitrarySchema, stripeRows } from '@ticklake/columnar/testing';
import { bytesSource } from '@ticklake/core';
import fc from 'fast-check';
import { openParquet } from '../read/open-parquet.js';
import { USUAL_LIMITS } from '../read/parquet-limits.js';
import { ARENA } from '../spec-support/test-arena.js';
import { memorySink } from '../testing/memory-sink.js';
import { createParquetSink, type ParquetSinkOptions } from './parquet-sink.js';
import { openRowGroupEncoder } from './row-group-encoder.js';

const options: ParquetSinkOptions = {
  compression: 'snappy',
  zstdLevel: 1,
  rowGroupRows: 1000,
  pageRows: 7,
  dictionaryBytesMax: 20,
  sortingColumns: [],
  createdBy: 'striped',
};

async function fromPlain(batch: RecordBatch): Promise<Uint8Array> {
  const target = memorySink();
  const sink = createParquetSink({ target, arena: ARENA }, batch.schema, options);
  await sink.write(batch);
  await sink.finish({});
  return target.bytes();
}

/** The same rows by way of a reader and an encoder: nested ones are never plain values. */
async function fromStriped(bytes: Uint8Array, schema: Schema): Promise<Uint8Array> {
  const reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, USUAL_LIMITS);
  const buffers = schema.fields.map(({ type }) => createColumnBuffer(ARENA, type));
  const encoder = await openRowGroupEncoder(ARENA, schema, options);
  const target = memorySink();
  const sink = createParquetSink({ target, arena: ARENA }, schema, options);
  for (const [i, { name }] of schema.fields.entries()) {
    const cursor = reader.column(name);
    // In two pieces, which pages do not end with.
    for (const rows of [3, reader.rowCount - 3]) await cursor.read(buffers[i]!, rows);
  }
  const placed = buffers.map((buffer) => buffer.placed());
  expect(placed.map(({ layout }) => layout)).not.toContain('nested');
  await sink.writeRowGroup((await encoder.encode(placed, reader.rowCount)).flat(), reader.rowCount);
  await sink.finish({});
  for (const one of [encoder, ...buffers]) one.release();
  reader.close();
  return target.bytes();
}

const batches = arbitrarySchema()
  .filter((schema) => !JSON.stringify(schema).includes('__proto__'))
  .chain((schema) => fc.integer({ min: 3, max: 60 }).chain((rowCount) => arbitraryBatch(schema, rowCount)));

it('rows that were read striped are written to the same bytes as plain ones', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      const bytes = await fromPlain(batch);
      expect(Buffer.compare(await fromStriped(bytes, batch.schema), bytes)).toBe(0);
    }),
    { numRuns: 60 },
  );
  expect(ARENA.usedBytes).toBe(0);
});

it('levels that count otherwise than those of the schema are counted anew', async () => {
  const list = (nullable: boolean): Schema => ({
    fields: [
      {
        name: 'x',
        nullable,
        type: {
          kind: 'nested',
          shape: 'list',
          children: [{ name: 'element', nullable, type: { kind: 'utf8' } }],
        },
      },
    ],
  });
  const rows = [['a', 'b'], [], ['c']];
  const buffer = createColumnBuffer(ARENA, list(false).fields[0]!.type);
  if (buffer.kind === 'nested') buffer.putStriped(stripeRows(list(false).fields[0]!, rows));
  const encoder = await openRowGroupEncoder(ARENA, list(true), options);
  const target = memorySink();
  const sink = createParquetSink({ target, arena: ARENA }, list(true), options);
  await sink.writeRowGroup((await encoder.encode([buffer.placed()], 3)).flat(), 3);
  await sink.finish({});
  const nested = { layout: 'nested', values: rows } as const;
  const expected = await fromPlain({ schema: list(true), rowCount: 3, columns: [nested] });
  expect(Buffer.compare(target.bytes(), expected)).toBe(0);
  for (const one of [encoder, buffer]) one.release();
});
