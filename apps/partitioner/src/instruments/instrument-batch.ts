import { textColumn, type Column, type Field, type FixedType, type RecordBatch } from '@ticklake/columnar';
import { assert, compareUtf8, LakeError, startOfDayMs, type UtcDay } from '@ticklake/core';
import { INSTRUMENT_SCHEMA, type InstrumentRow } from './instrument-row.js';

const DAY_MS = 86_400_000;

/**
 * Rows as a batch of the schema of `available_instruments`, in order of `available_from`, then of `instrument_id`. Equal rows are one.
 *
 * @throws LakeError `invalid` (`DUPLICATE_INSTRUMENT`) for two rows of one instrument that differ: its details say in what.
 */
export function instrumentBatch(rows: readonly InstrumentRow[]): RecordBatch {
  const sorted = distinctRows(rows).sort(compareRows);
  const schema = INSTRUMENT_SCHEMA;
  return {
    schema,
    rowCount: sorted.length,
    columns: schema.fields.map((field) => columnOf(field, sorted)),
  };
}

/** The order of a batch of instruments. */
export function compareRows(a: InstrumentRow, b: InstrumentRow): number {
  if (a.available_from !== b.available_from) return a.available_from < b.available_from ? -1 : 1;
  return compareUtf8(a.instrument_id, b.instrument_id);
}

function distinctRows(rows: readonly InstrumentRow[]): InstrumentRow[] {
  const byId = new Map<string, InstrumentRow>();
  for (const row of rows) {
    const known = byId.get(row.instrument_id);
    if (known === undefined) byId.set(row.instrument_id, row);
    else requireEqual(known, row);
  }
  return [...byId.values()];
}

function requireEqual(a: InstrumentRow, b: InstrumentRow): void {
  for (const { name } of INSTRUMENT_SCHEMA.fields) {
    const column = name as keyof InstrumentRow;
    if (a[column] === b[column]) continue;
    throw new LakeError('invalid', 'two sources say different things of one instrument', {
      code: 'DUPLICATE_INSTRUMENT',
      details: { instrument_id: a.instrument_id, column, one: String(a[column]), other: String(b[column]) },
    });
  }
}

function columnOf({ name, type }: Field, rows: readonly InstrumentRow[]): Column {
  const cells = rows.map((row) => row[name as keyof InstrumentRow]);
  if (type.kind === 'utf8') return textColumn(cells.map((cell) => (cell === null ? null : String(cell))));
  assert(
    type.kind === 'date' || type.kind === 'bool' || type.kind === 'timestamp',
    'no other types are there',
  );
  const values = fixedValues(type, cells);
  if (!cells.includes(null)) return { layout: 'fixed', values };
  return { layout: 'fixed', values, validity: Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1)) };
}

function fixedValues({ kind }: FixedType, cells: readonly (string | boolean | bigint | null)[]) {
  if (kind === 'date') {
    return Int32Array.from(cells, (cell) => (cell === null ? 0 : startOfDayMs(cell as UtcDay) / DAY_MS));
  }
  if (kind === 'bool') return Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0));
  return BigInt64Array.from(cells, (cell) => (typeof cell === 'bigint' ? cell : 0n));
}
