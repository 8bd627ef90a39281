import type { Column, Field, RecordBatch } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import type { FileMeta } from '../format/metadata.js';
import type { ParquetReader } from './open-parquet.js';

/** The rows of `reader` in batches cut at row-group ends and every `rowsMax` rows. */
export async function* readBatches(
  reader: Pick<ParquetReader, 'schema' | 'column'>,
  meta: FileMeta,
  { columns, rowsMax }: { readonly columns?: readonly string[]; readonly rowsMax: number },
): AsyncGenerator<RecordBatch> {
  assert(Number.isInteger(rowsMax) && rowsMax > 0, 'a batch has at least one row');
  const fields =
    columns === undefined ? reader.schema.fields : columns.map((name) => fieldNamed(reader, name));
  const schema = { fields };
  const cursors = fields.map(({ name }) => reader.column(name));
  try {
    for (const { rowCount } of meta.rowGroups) {
      for (let done = 0; done < rowCount; ) {
        const batchRows = Math.min(rowsMax, rowCount - done);
        const taken: Column[] = [];
        for (const cursor of cursors) taken.push(await cursor.take(batchRows));
        yield { schema, rowCount: batchRows, columns: taken };
        done += batchRows;
      }
    }
  } finally {
    for (const cursor of cursors) cursor.close();
  }
}

function fieldNamed({ schema }: Pick<ParquetReader, 'schema'>, name: string): Field {
  const field = schema.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new LakeError('invalid', 'no such column', { details: { column: name } });
  return field;
}
