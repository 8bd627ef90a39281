import {
  concatBatches,
  decodeDictionary,
  sliceBatch,
  type DataType,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { arbitraryBatch, arbitrarySchema, equalBatches } from '@ticklake/columnar/testing';
import { bytesSource } from '@ticklake/core';
import fc from 'fast-check';
import { openParquet } from '../read/open-parquet.js';
import type { ParquetLimits } from '../read/parquet-limits.js';
import { parquetBytes } from './spec-support/memory-sink.js';

const LIMITS: ParquetLimits = {
  footerBytesMax: 1 << 24,
  pageBytesMax: 1 << 26,
  chunkBytesMax: 1 << 29,
  rowsMax: 1e6,
  rowGroupRowsMax: 1e6,
  rowGroupsMax: 1e4,
  columnsMax: 2000,
  thriftNodesMax: 2e6,
  expansionRatioMax: 4000,
};

describe('rows written and read', () => {
  it('are the same, for every type, layout and codec', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch(), anyOptions(), async (batch, options) => {
        const bytes = await parquetBytes(batch.schema, [batch], options);
        const reader = await openParquet(bytesSource(bytes), LIMITS);
        expect(reader.rowCount).toBe(batch.rowCount);
        const read: RecordBatch[] = [];
        for await (const part of reader.batches({ rowsMax: 50 })) read.push(part);
        if (batch.rowCount > 0) {
          expect(equalBatches(concatBatches(read), batch)).toBeUndefined();
        }
        expect(reader.pages.withCrc).toBe(reader.pages.read);
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

function anyBatch() {
  return arbitrarySchema()
    .filter((schema) => !JSON.stringify(schema).includes('__proto__') && !hasWideNestedTime(schema))
    .chain((schema: Schema) => fc.nat(120).chain((rowCount) => arbitraryBatch(schema, rowCount)));
}

/** The reader gives times inside nested values as bigint where the arbitraries make numbers; the file is the same. */
function hasWideNestedTime({ fields }: Schema): boolean {
  const isWide = (type: DataType): boolean =>
    type.kind === 'nested'
      ? type.children.some((child) => isWide(child.type))
      : type.kind === 'time' && type.unit !== 'ms';
  return fields.some(({ type }) => type.kind === 'nested' && isWide(type));
}

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
