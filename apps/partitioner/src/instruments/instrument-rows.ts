import type { RecordBatch } from '@ticklake/columnar';
import { assert, LakeError, type UtcDay } from '@ticklake/core';
import {
  formatInstrumentId,
  parseInstrumentId,
  parseInstrumentType,
  type InstrumentId,
  type InstrumentType,
} from '@ticklake/market';
import { INSTRUMENT_SCHEMA, type InstrumentKeyColumns, type InstrumentRow } from './instrument-row.js';
import { boolCells, dayCells, instantCells, textCells, type Cells, type PlaceOf } from './row-cells.js';

/**
 * The rows of a batch that has at least the first five columns of `available_instruments`, in its order; columns that are missing are null,
 * others are not looked at. Ids and types may be in any spelling and become canonical. Days may be dates, timestamps (of which the UTC day
 * counts) or text such as `2024-02-29`. Nothing is coerced: what cannot be read is an error (D-07c).
 *
 * @param placeOf What the details of an error say of a row; its number in the batch, where nothing else is said.
 * @throws LakeError `corrupt`: `SCHEMA_MISMATCH` for a column of the first five that is missing, and for one of another type; `DATE` for days
 *   and instants that cannot be read: its details list the rows; `NULL_VALUE`; `INSTRUMENT_ID`; `INSTRUMENT_TYPE`; `INSTRUMENTS` for a row
 *   whose venue or type is not that of its id, and for one that ends before it begins.
 */
export function instrumentRows(batch: RecordBatch, placeOf: PlaceOf = (row) => ({ row })): InstrumentRow[] {
  const keys = {
    id: present(batch, 'instrument_id', textCells(batch, 'instrument_id', placeOf), placeOf),
    venue: present(batch, 'venue', textCells(batch, 'venue', placeOf), placeOf),
    type: present(batch, 'instrument_type', textCells(batch, 'instrument_type', placeOf), placeOf),
    from: present(batch, 'available_from', dayCells(batch, 'available_from', placeOf), placeOf),
    to: required('available_to', dayCells(batch, 'available_to', placeOf)),
  };
  const facts = INSTRUMENT_SCHEMA.fields
    .slice(5)
    .map(({ name, type }) => [name, factCells(batch, { name, kind: type.kind }, placeOf)] as const);
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const key = keyOf(
      {
        id: keys.id(row),
        venue: keys.venue(row),
        type: keys.type(row),
        from: keys.from(row),
        to: keys.to[row],
      },
      placeOf(row),
    );
    const known = Object.fromEntries(facts.map(([name, cells]) => [name, cells?.[row] ?? null]));
    return { ...key, ...known } as unknown as InstrumentRow;
  });
}

function factCells(
  batch: RecordBatch,
  { name, kind }: { readonly name: string; readonly kind: string },
  placeOf: PlaceOf,
): Cells<string | boolean | bigint> | undefined {
  if (kind === 'utf8') return textCells(batch, name, placeOf);
  if (kind === 'bool') return boolCells(batch, name);
  assert(kind === 'timestamp', 'no other types are there');
  return instantCells(batch, name, placeOf);
}

function required<T>(column: string, cells: Cells<T> | undefined): Cells<T> {
  if (cells !== undefined) return cells;
  throw new LakeError('corrupt', 'rows of instruments have no such column', {
    code: 'SCHEMA_MISMATCH',
    details: { column },
  });
}

/** The values of a column that may not be null. */
function present<T>(
  { rowCount }: RecordBatch,
  column: string,
  found: Cells<T> | undefined,
  placeOf: PlaceOf,
): (row: number) => T {
  const cells = required(column, found);
  for (let row = 0; row < rowCount; row++) {
    if (cells[row] !== null) continue;
    throw new LakeError('corrupt', 'a value is missing', {
      code: 'NULL_VALUE',
      details: { ...placeOf(row), column },
    });
  }
  return (row) => {
    const value = cells[row];
    assert(value !== undefined && value !== null, 'it was looked at above');
    return value;
  };
}

interface KeyTexts {
  readonly id: string;
  readonly venue: string;
  readonly type: string;
  readonly from: UtcDay;
  readonly to: UtcDay | null | undefined;
}

function keyOf(texts: KeyTexts, place: Readonly<Record<string, unknown>>): InstrumentKeyColumns {
  const { from, to = null } = texts;
  const id = atRow(place, () => parseInstrumentId(texts.id));
  const type = atRow(place, () => parseInstrumentType(texts.type));
  const fault = faultOf(id, { venue: texts.venue, type, from, to });
  if (fault !== undefined) {
    throw new LakeError('corrupt', 'a row of an instrument contradicts itself', {
      code: 'INSTRUMENTS',
      details: { ...place, instrument_id: texts.id, reason: fault },
    });
  }
  return {
    ...{ instrument_id: formatInstrumentId(id), venue: id.venue, instrument_type: id.type },
    ...{ available_from: from, available_to: to },
  };
}

function faultOf(
  id: InstrumentId,
  {
    venue,
    type,
    from,
    to,
  }: {
    readonly venue: string;
    readonly type: InstrumentType;
    readonly from: UtcDay;
    readonly to: UtcDay | null;
  },
): string | undefined {
  if (venue.toUpperCase() !== id.venue) return `its venue is ${venue}`;
  if (type !== id.type) return `its type is ${type}`;
  if (to !== null && to < from) return `it ends on ${to}, before it begins on ${from}`;
  return undefined;
}

/** The same error, of the file and not of the caller, with the place of the row. */
function atRow<T>(place: Readonly<Record<string, unknown>>, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof LakeError)) throw cause;
    const { code, message, details } = cause;
    throw new LakeError('corrupt', message, { code, details: { ...details, ...place }, cause });
  }
}
