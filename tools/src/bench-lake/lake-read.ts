import { valueAt, type RecordBatch } from '@ticklake/columnar';
import type { ReadResult } from '@ticklake/partitioner';
import type { Read } from './read.js';

/** A read by our library: its batches have typed arrays, texts as UTF-8 or as codes. */
export function lakeRead(name: string, open: () => ReadResult): Read {
  return {
    name,
    async read() {
      let rows = 0;
      for await (const { rowCount } of open()) rows += rowCount;
      return rows;
    },
    async *values(names) {
      for await (const batch of open())
        yield new Map(names.map((column) => [column, valuesOf(batch, column)]));
    },
  };
}

function valuesOf({ schema, columns, rowCount }: RecordBatch, name: string): readonly unknown[] {
  const column = columns[schema.fields.findIndex((field) => field.name === name)];
  if (column === undefined) throw new Error(`no column ${name}`);
  return Array.from({ length: rowCount }, (_, row) => valueAt(column, row));
}
