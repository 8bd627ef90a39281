import type { RecordBatch, Schema } from '@ticklake/columnar';
import { createParquetSink, type ParquetSinkOptions } from '@ticklake/parquet';
import { ARENA, exampleParquet } from './example-publication.js';
import { exampleBatch, exampleSchema, type ExampleRow } from './example-rows.js';

/** A Parquet file in memory. */
export async function parquetBytes(
  batch: RecordBatch,
  options: {
    readonly metadata?: Readonly<Record<string, string>>;
    readonly parquet?: Partial<ParquetSinkOptions>;
  } = {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const target = {
    write: (bytes: Uint8Array) => {
      chunks.push(bytes.slice());
      return Promise.resolve();
    },
  };
  const sink = createParquetSink({ target, arena: ARENA }, batch.schema, {
    ...exampleParquet,
    ...options.parquet,
  });
  await sink.write(batch);
  await sink.finish(options.metadata ?? {});
  return new Uint8Array(Buffer.concat(chunks));
}

/** {@link parquetBytes} of example rows, with a change to the columns or the schema. */
export function exampleBytes(
  rows: readonly ExampleRow[],
  change: (batch: RecordBatch) => RecordBatch = (batch) => batch,
): Promise<Uint8Array> {
  return parquetBytes(change(exampleBatch(rows)));
}

/** The example schema with one field changed. */
export function schemaWith(name: string, change: Partial<Schema['fields'][number]>): Schema {
  return {
    fields: exampleSchema.fields.map((field) => (field.name === name ? { ...field, ...change } : field)),
  };
}
