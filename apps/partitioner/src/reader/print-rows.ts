import { valueAt, type DataType, type RecordBatch, type Schema } from '@ticklake/columnar';

/** The names of columns as a line of CSV. */
export function csvHeader({ fields }: Schema): string {
  return fields.map(({ name }) => csvCell(name)).join();
}

/** Rows as lines of CSV (RD-23), without a line feed after the last; null is an empty cell. */
export function csvLines(batch: RecordBatch): string {
  return rowObjects(batch)
    .map((row) => Object.values(row).map(csvText).join())
    .join('\n');
}

/**
 * Rows as objects by column (RD-23): 64-bit integers and times as decimal text, days as `YYYY-MM-DD`, bytes in base64.
 *
 * @param batch - Of its rows the first `rowCount` are taken.
 */
export function rowObjects({
  schema,
  columns,
  rowCount,
}: RecordBatch): readonly Readonly<Record<string, unknown>>[] {
  return Array.from({ length: rowCount }, (_, row) => {
    const entries = schema.fields.map(({ name, type }, i) => {
      const column = columns[i];
      return [name, column === undefined ? null : plain(valueAt(column, row), type)] as const;
    });
    return Object.fromEntries(entries);
  });
}

function plain(value: unknown, type: DataType): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString(type.kind === 'utf8' ? 'utf8' : 'base64');
  }
  if (value !== null && type.kind === 'date')
    return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
  if (value !== null && type.kind === 'bool') return value === 1;
  return value;
}

function csvText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return csvCell(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
