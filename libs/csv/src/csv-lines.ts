import { jsonValueAt, type RecordBatch, type Schema } from '@ticklake/columnar';

/** The names of columns as a line of CSV, without a line feed. */
export function csvHeader({ fields }: Schema): string {
  return fields.map(({ name }) => csvCell(name)).join();
}

/**
 * Rows as lines of CSV (RD-23), without a line feed after the last: values as `jsonValueAt` of columnar has them, nested ones as JSON, null as an
 * empty cell.
 *
 * @param batch - Of its rows the first `rowCount` are taken.
 */
export function csvLines({ schema, columns, rowCount }: RecordBatch): string {
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const cells = schema.fields.map(({ type }, i) => {
      const column = columns[i];
      return column === undefined ? '' : csvText(jsonValueAt(column, row, type));
    });
    return cells.join();
  });
  return lines.join('\n');
}

function csvText(value: unknown): string {
  if (value === null) return '';
  return csvCell(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
