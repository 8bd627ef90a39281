import { decodeDictionary, typeText, type Column, type DataType, type RecordBatch } from '@ticklake/columnar';
import { assert, dayOfMs, isLakeError, LakeError, parseUtcDay, type UtcDay } from '@ticklake/core';

/** The values of a column, null where they are null. */
export type Cells<T> = readonly (T | null)[];

/** What the details of an error say of a row. */
export type PlaceOf = (row: number) => Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const PER_MS = { ms: 1n, us: 1000n, ns: 1_000_000n } as const;
/** How many rows an error names. */
const NAMED_ROWS_MAX = 20;

/** A column of text; `undefined` where there is none. @throws LakeError `corrupt`: `SCHEMA_MISMATCH`; `TEXT` where it is no UTF-8. */
export function textCells(batch: RecordBatch, name: string, placeOf: PlaceOf): Cells<string> | undefined {
  const found = find(batch, name);
  if (found === undefined) return undefined;
  if (found.type.kind !== 'utf8') throw wrongType(name, found.type);
  return texts(found.column, name, placeOf);
}

/** A column of booleans; `undefined` where there is none. @throws LakeError `corrupt` (`SCHEMA_MISMATCH`). */
export function boolCells(batch: RecordBatch, name: string): Cells<boolean> | undefined {
  const found = find(batch, name);
  if (found === undefined) return undefined;
  if (found.type.kind !== 'bool') throw wrongType(name, found.type);
  return words(found.column).map((word) => (word === null ? null : Number(word) === 1));
}

/**
 * A column of timestamps of any unit, as microseconds since 1970; `undefined` where there is none. A wall clock counts as UTC.
 *
 * @throws LakeError `corrupt`: `SCHEMA_MISMATCH`; `DATE` where one is no whole microsecond.
 */
export function instantCells(batch: RecordBatch, name: string, placeOf: PlaceOf): Cells<bigint> | undefined {
  const found = find(batch, name);
  if (found === undefined) return undefined;
  const { type, column } = found;
  if (type.kind !== 'timestamp') throw wrongType(name, type);
  const { unit } = type;
  return readAll(words(column), name, placeOf, (word) => {
    if (unit !== 'ns') return unit === 'us' ? BigInt(word) : BigInt(word) * 1000n;
    return BigInt(word) % 1000n === 0n ? BigInt(word) / 1000n : undefined;
  });
}

/**
 * A column of days: dates, timestamps (their UTC day) or text, `2024-02-29` or `20240229`; `undefined` where there is none.
 *
 * @throws LakeError `corrupt`: `SCHEMA_MISMATCH`; `DATE` for what is no day, with the rows in its details (D-07c).
 */
export function dayCells(batch: RecordBatch, name: string, placeOf: PlaceOf): Cells<UtcDay> | undefined {
  const found = find(batch, name);
  if (found === undefined) return undefined;
  const { type, column } = found;
  if (type.kind === 'utf8') {
    return readAll(texts(column, name, placeOf), name, placeOf, (text) => dayOrNone(() => parseUtcDay(text)));
  }
  if (type.kind === 'date') {
    const dayOf = (word: number | bigint) => dayOrNone(() => dayOfMs(Number(word) * DAY_MS));
    return readAll(words(column), name, placeOf, dayOf);
  }
  if (type.kind !== 'timestamp') throw wrongType(name, type);
  const perDay = PER_MS[type.unit] * BigInt(DAY_MS);
  return readAll(words(column), name, placeOf, (word) => {
    const [days, rest] = [BigInt(word) / perDay, BigInt(word) % perDay];
    return dayOrNone(() => dayOfMs(Number(rest < 0n ? days - 1n : days) * DAY_MS));
  });
}

function dayOrNone(read: () => UtcDay): UtcDay | undefined {
  try {
    return read();
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
}

/** Reads every value, and names every row of which it cannot. */
function readAll<V extends string | number | bigint, T>(
  cells: Cells<V>,
  column: string,
  placeOf: PlaceOf,
  read: (value: V) => T | undefined,
): Cells<T> {
  const bad: number[] = [];
  const values = cells.map((cell, row) => {
    const value = cell === null ? null : read(cell);
    if (value === undefined) bad.push(row);
    return value ?? null;
  });
  const [first] = bad;
  if (first === undefined) return values;
  const rows = bad.slice(0, NAMED_ROWS_MAX).join() + (bad.length > NAMED_ROWS_MAX ? ',…' : '');
  throw new LakeError('corrupt', 'a time of an instrument cannot be read', {
    code: 'DATE',
    details: { ...placeOf(first), column, value: String(cells[first]), rows, count: bad.length },
  });
}

function find(
  batch: RecordBatch,
  name: string,
): { readonly type: DataType; readonly column: Column } | undefined {
  const index = batch.schema.fields.findIndex((field) => field.name === name);
  const [field, column] = [batch.schema.fields[index], batch.columns[index]];
  if (field === undefined || column === undefined) return undefined;
  return { type: field.type, column: column.layout === 'dictionary' ? decodeDictionary(column) : column };
}

function words(column: Column): Cells<number | bigint> {
  assert(column.layout === 'fixed', 'a type of one word has a fixed column');
  const { values, validity } = column;
  return Array.from({ length: values.length }, (_, row) =>
    validity?.[row] === 0 ? null : (values[row] ?? null),
  );
}

function texts(column: Column, name: string, placeOf: PlaceOf): Cells<string> {
  assert(column.layout === 'bytes', 'text has a column of bytes');
  const { values, validity } = column;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return Array.from({ length: values.offsets.length - 1 }, (_, row) => {
    if (validity?.[row] === 0) return null;
    try {
      return decoder.decode(values.data.subarray(values.offsets[row], values.offsets[row + 1]));
    } catch (cause) {
      throw new LakeError('corrupt', 'a text is not UTF-8', {
        code: 'TEXT',
        details: { ...placeOf(row), column: name },
        cause,
      });
    }
  });
}

function wrongType(column: string, type: DataType): LakeError {
  return new LakeError('corrupt', 'a column of instruments has another type than it should', {
    code: 'SCHEMA_MISMATCH',
    details: { column, found: typeText(type) },
  });
}
