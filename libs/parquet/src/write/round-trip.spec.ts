import {
  concatBatches,
  decodeDictionary,
  sliceBatch,
  textColumn,
  valueAt,
  type Column,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { arbitraryBatch, arbitrarySchema, equalBatches } from '@ticklake/columnar/testing';
import { bytesSource } from '@ticklake/core';
import fc from 'fast-check';
import { openParquet } from '../read/open-parquet.js';
import { USUAL_LIMITS } from '../read/parquet-limits.js';
import { parquetBytes } from './spec-support/parquet-bytes.js';
import { ARENA } from '../spec-support/test-arena.js';

describe('rows written and read', () => {
  it('are the same, for every type, layout and codec', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch(), anyOptions(), async (batch, options) => {
        const bytes = await parquetBytes(batch.schema, [batch], options);
        const reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, USUAL_LIMITS);
        expect(reader.rowCount).toBe(batch.rowCount);
        const read: RecordBatch[] = [];
        for await (const part of reader.batches({ rowsMax: 50 })) read.push(part);
        if (batch.rowCount > 0) {
          expect(equalBatches(concatBatches(read), batch)).toBeUndefined();
        }
        expect(reader.pages.withCrc).toBe(reader.pages.read);
        reader.close();
        expect(ARENA.usedBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('make the same bytes however they are cut and laid out', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch(), anyOptions(), fc.array(fc.nat(130)), async (batch, options, cuts) => {
        const whole = await parquetBytes(batch.schema, [batch], options);
        const pieces = cutAt(batch, cuts).map((piece, i) =>
          i % 2 === 0 ? piece : withoutDictionaries(piece),
        );
        const cut = await parquetBytes(batch.schema, pieces, options);
        expect(Buffer.compare(cut, whole)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('many values', () => {
  const schema: Schema = {
    fields: [
      { name: 'id', type: { kind: 'utf8' }, nullable: false },
      { name: 'venue', type: { kind: 'utf8' }, nullable: false },
      { name: 'price', type: { kind: 'float', bits: 64 }, nullable: false },
      { name: 'noise', type: { kind: 'float', bits: 64 }, nullable: false },
    ],
  };
  const rowCount = 12_000;
  const batch: RecordBatch = {
    schema,
    rowCount,
    columns: [
      textColumn(Array.from({ length: rowCount }, (_, i) => `trade-${(i * 7919) % 11_000}`)),
      textColumn(Array.from({ length: rowCount }, (_, i) => `venue-${i % 300}`)),
      { layout: 'fixed', values: Float64Array.from({ length: rowCount }, (_, i) => ((i * 31) % 900) / 100) },
      { layout: 'fixed', values: Float64Array.from({ length: rowCount }, (_, i) => Math.sqrt(i)) },
    ],
  };

  it('give up a dictionary that does not pay, at the same row whatever the layout', async () => {
    const options = { rowGroupRows: rowCount, pageRows: 1000 };
    const whole = await parquetBytes(schema, [batch], options);
    const pieces = cutAt(batch, [1, 4095, 4096, 4097, 9000]).map(withDictionaries);
    expect(Buffer.compare(await parquetBytes(schema, pieces, options), whole)).toBe(0);
    const reader = await openParquet({ source: bytesSource(whole), arena: ARENA }, USUAL_LIMITS);
    const read: RecordBatch[] = [];
    for await (const part of reader.batches({ rowsMax: 5000 })) read.push(part);
    expect(equalBatches(concatBatches(read), batch)).toBeUndefined();
    const pagesOf = await parquetBytes(schema, [batch], { ...options, dictionaryBytesMax: 0 });
    expect(whole.length).toBeLessThan(pagesOf.length);
  });

  it('of three megabytes each end a page early', async () => {
    const long: Schema = { fields: [{ name: 'x', type: { kind: 'utf8' }, nullable: false }] };
    const texts = Array.from({ length: 10 }, (_, i) => String(i).repeat(3 << 20));
    const rows = { schema: long, rowCount: 10, columns: [textColumn(texts)] };
    const bytes = await parquetBytes(long, [rows], { rowGroupRows: 100, pageRows: 100 });
    const reader = await openParquet(
      { source: bytesSource(bytes), arena: ARENA },
      { ...USUAL_LIMITS, pageBytesMax: 10 << 20 },
    );
    const column = await reader.column('x').take(10);
    expect(reader.pages.read).toBe(4);
    expect(Buffer.compare(valueAt(column, 9) as Uint8Array, Buffer.from(texts[9] ?? ''))).toBe(0);
  });
});

function anyBatch() {
  return arbitrarySchema()
    .filter((schema) => !JSON.stringify(schema).includes('__proto__'))
    .chain((schema: Schema) => fc.nat(120).chain((rowCount) => arbitraryBatch(schema, rowCount)));
}

/** The reader gives times inside nested values as bigint where the arbitraries make numbers; the file is the same. */
function anyOptions() {
  return fc.record({
    compression: fc.constantFrom('none', 'snappy', 'zstd'),
    rowGroupRows: fc.integer({ min: 1, max: 60 }),
    pageRows: fc.integer({ min: 1, max: 40 }),
    dictionaryBytesMax: fc.constantFrom(0, 20, 1 << 16),
  });
}

function cutAt(batch: RecordBatch, cuts: readonly number[]): RecordBatch[] {
  const ends = [...cuts.map((cut) => Math.min(cut, batch.rowCount)), batch.rowCount].sort((a, b) => a - b);
  return ends.map((end, i) => sliceBatch(batch, ends[i - 1] ?? 0, end));
}

function withoutDictionaries(batch: RecordBatch): RecordBatch {
  const columns = batch.columns.map((column) =>
    column.layout === 'dictionary' ? decodeDictionary(column) : column,
  );
  return { ...batch, columns };
}

/** Every text column as a dictionary with an unused first entry. */
function withDictionaries(batch: RecordBatch): RecordBatch {
  const columns = batch.columns.map((column): Column => {
    if (column.layout !== 'bytes') return column;
    const { offsets, data } = column.values;
    const shifted = Uint32Array.from({ length: offsets.length + 1 }, (_, i) =>
      i === 0 ? (offsets[0] as number) : (offsets[i - 1] as number),
    );
    const codes = Uint32Array.from({ length: batch.rowCount }, (_, i) => i + 1);
    return { layout: 'dictionary', codes, dictionary: { offsets: shifted, data } };
  });
  return { ...batch, columns };
}
