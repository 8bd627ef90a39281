import {
  decodeDictionary,
  typeText,
  type Arena,
  type Column,
  type Field,
  type Schema,
} from '@ticklake/columnar';
import { LakeError, type ByteSource } from '@ticklake/core';
import { TimeReader, type ArchitectureDataset } from '@ticklake/market';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import { BATCH_ROWS, PARQUET_LIMITS } from '../limits.js';
import { INSTRUMENT_ID } from '../rows/row-instruments.js';
import type { SourceRows } from '../rows/row-source.js';
import { chooseDataType, type DataTypeHints } from './choose-data-type.js';
import { noValues } from './csv-rows.js';
import type { OpenRows } from './open-rows.js';

/** A column of rows, and the column of the file that it comes from; `undefined` where it is null. */
interface Taken {
  readonly field: Field;
  readonly from: Field | undefined;
  /** Of times. */
  readonly time: TimeReader | undefined;
}

/**
 * Opens a Parquet file: its footer is read, and its data type is told by the names of its columns. Of a data type that passes columns
 * through, all of the file's are taken as they are.
 *
 * @throws LakeError `corrupt` as `openParquet` and `chooseDataType`; `SCHEMA_MISMATCH` for a column of another type than its data type has.
 */
export async function openParquetRows(
  { source, arena }: { readonly source: ByteSource; readonly arena: Arena },
  hints: DataTypeHints,
): Promise<OpenRows> {
  const reader = await openParquet({ source, arena }, PARQUET_LIMITS);
  try {
    const { fields } = reader.schema;
    const { dataset, places, unknown } = chooseDataType(
      fields.map(({ name }) => name),
      hints,
    );
    const schema = dataset.isPassThrough ? passedThrough(reader.schema, dataset) : dataset.schema;
    const taken = schema.fields.map((field): Taken => {
      const from = dataset.isPassThrough
        ? fields.find(({ name }) => name === field.name)
        : fields[places.get(field.name) ?? -1];
      if (from !== undefined) requireType(from, field, hints.file);
      const time =
        from !== undefined && field.type.kind === 'timestamp' ? timeReader(from, field) : undefined;
      return { field, from, time };
    });
    return { dataset, schema, unknown, rows: () => rowsOf(reader, taken, hints.file) };
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** The columns of the file; a time of plain integers, or of nanoseconds, becomes one of microseconds. */
function passedThrough({ fields }: Schema, { timeColumn, schema }: ArchitectureDataset): Schema {
  const [time] = schema.fields;
  return {
    fields: fields.map((field) =>
      field.name === timeColumn && time !== undefined && isConverted(field) ? time : field,
    ),
  };
}

function isConverted({ type }: Field): boolean {
  return type.kind === 'int' || (type.kind === 'timestamp' && type.unit === 'ns');
}

function requireType(from: Field, field: Field, file: string): void {
  const isTime = field.type.kind === 'timestamp' && (from.type.kind === 'timestamp' || isInt64(from));
  if (isTime || typeText(from.type) === typeText(field.type)) return;
  throw new LakeError('corrupt', 'a column of a source has another type than its data type', {
    code: 'SCHEMA_MISMATCH',
    details: { file, column: from.name, found: typeText(from.type), expected: typeText(field.type) },
  });
}

function isInt64({ type }: Field): boolean {
  return type.kind === 'int' && type.bits === 64 && type.signed;
}

function timeReader(from: Field, { type }: Field): TimeReader {
  const sourceUnit = from.type.kind === 'timestamp' ? from.type.unit : undefined;
  const targetUnit = type.kind === 'timestamp' && type.unit !== 'ns' ? type.unit : undefined;
  return new TimeReader({ sourceUnit, targetUnit });
}

async function* rowsOf(
  reader: ParquetReader,
  taken: readonly Taken[],
  file: string,
): AsyncGenerator<SourceRows> {
  const own = taken.flatMap(({ from }) => (from === undefined ? [] : [from.name]));
  const told = reader.schema.fields.some(({ name, type }) => name === INSTRUMENT_ID && type.kind === 'utf8');
  const names = told && !own.includes(INSTRUMENT_ID) ? [...own, INSTRUMENT_ID] : own;
  let first = 0;
  try {
    for await (const { rowCount, columns } of reader.batches({ columns: names, rowsMax: BATCH_ROWS })) {
      const start = first;
      const placeOf = (row: number) => ({ file, row: start + row });
      const all = taken.map((one) => {
        const column = one.from === undefined ? undefined : columns[names.indexOf(one.from.name)];
        return column === undefined ? noValues(one.field, rowCount) : valuesOf(column, one, placeOf);
      });
      yield { rowCount, columns: all, instrumentIds: columns[own.length], placeOf };
      first += rowCount;
    }
  } finally {
    reader.close();
  }
}

function valuesOf(column: Column, { field, time }: Taken, placeOf: SourceRows['placeOf']): Column {
  if (column.layout === 'nested') return column;
  const nullRow = field.nullable ? -1 : (column.validity?.indexOf(0) ?? -1);
  if (nullRow >= 0) {
    throw new LakeError('corrupt', 'a value is missing', {
      code: 'NULL_VALUE',
      details: { ...placeOf(nullRow), column: field.name },
    });
  }
  if (time === undefined) return column;
  const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  if (plain.layout === 'fixed') time.convert(plain.values as BigInt64Array, plain.validity, placeOf);
  return plain;
}
