import { valueAt, type RecordBatch } from '@ticklake/columnar';

/** Rows as arrays of plain values, text as such, of some columns or of all. */
export async function rowsOf(
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
  names?: readonly string[],
): Promise<readonly (readonly unknown[])[]> {
  const rows: unknown[][] = [];
  for await (const { schema, columns, rowCount } of batches) {
    const wanted = names ?? schema.fields.map(({ name }) => name);
    const places = wanted.map((name) => schema.fields.findIndex((field) => field.name === name));
    for (let row = 0; row < rowCount; row++) rows.push(places.map((place) => plain(columns[place], row)));
  }
  return rows;
}

function plain(column: RecordBatch['columns'][number] | undefined, row: number): unknown {
  const value = column === undefined ? undefined : valueAt(column, row);
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
}
