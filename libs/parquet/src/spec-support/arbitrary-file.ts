import type { RecordBatch } from '@ticklake/columnar';
import { arbitraryBatch, arbitrarySchema } from '@ticklake/columnar/testing';
import fc from 'fast-check';
import type { ParquetSinkOptions } from '../write/parquet-sink.js';

/** Rows, and how a file of them is written. */
export interface FileCase {
  readonly batch: RecordBatch;
  readonly options: Partial<ParquetSinkOptions>;
}

/** Rows of every type, in files of every codec, encoding and size of pages and row groups. */
export function arbitraryFile(): fc.Arbitrary<FileCase> {
  return arbitrarySchema()
    .filter((schema) => !JSON.stringify(schema).includes('__proto__'))
    .chain((schema) =>
      fc.record({
        batch: fc.nat(80).chain((rowCount) => arbitraryBatch(schema, rowCount)),
        options: fc.record({
          compression: fc.constantFrom('none', 'snappy', 'zstd'),
          rowGroupRows: fc.integer({ min: 1, max: 60 }),
          pageRows: fc.integer({ min: 1, max: 40 }),
          dictionaryBytesMax: fc.constantFrom(0, 20, 1 << 16),
        }),
      }),
    );
}
