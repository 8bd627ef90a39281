import { typeText, type Field, type FixedColumn } from '@ticklake/columnar';
import { LakeError, type ByteSource } from '@ticklake/core';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import { TimeReader, type EpochUnit } from '@ticklake/market';
import { SOURCE_LIMITS } from '../limits.js';
import { fixedBatches } from '../partitions/fixed-batches.js';
import { dialectOfHeader, type ChosenDialect } from './choose-dialect.js';
import type { ReadRequest } from './open-source.js';
import type { OpenSource, SourceReading, SourceRows } from './source-rows.js';

/**
 * Opens a Parquet source: its footer is read, and its dialect is chosen by the names of its columns.
 *
 * @throws LakeError `corrupt` as `openParquet` and `dialectOfHeader`; `SCHEMA_MISMATCH` for a column of a type whose values are not
 *   exactly those of the dataset's.
 */
export async function openParquetSource(source: ByteSource, request: ReadRequest): Promise<OpenSource> {
  const { arena, dataset, file, valueFields } = request;
  const reader = await openParquet({ source, arena }, SOURCE_LIMITS);
  try {
    const names = reader.schema.fields.map(({ name }) => name);
    const chosen = dialectOfHeader(dataset.name, names, { file });
    const columns = valueFields.map((field) => sourceColumn(reader, chosen, field, file));
    return new ParquetSource({ reader, chosen, request, columns });
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** A column of the dataset, and the field of the file it comes from; `undefined` where it is null. */
interface SourceColumn {
  readonly field: Field;
  readonly from: Field | undefined;
}

interface ParquetParts {
  readonly reader: ParquetReader;
  readonly chosen: ChosenDialect;
  readonly request: ReadRequest;
  readonly columns: readonly SourceColumn[];
}

class ParquetSource implements OpenSource {
  private readonly time: TimeReader;

  constructor(private readonly parts: ParquetParts) {
    const { request, columns } = parts;
    const declared = columns.flatMap(({ from }) => (from?.type.kind === 'timestamp' ? [from.type.unit] : []));
    const [unit] = declared as readonly EpochUnit[];
    this.time = new TimeReader({ ...request.time, sourceUnit: unit ?? request.time.sourceUnit });
  }

  get rowGroups() {
    return this.parts.reader.rowGroups;
  }

  async *rows(rowGroups?: Iterable<number>): AsyncGenerator<SourceRows> {
    const { reader, columns, request } = this.parts;
    const names = [...new Set(columns.flatMap(({ from }) => (from === undefined ? [] : [from.name])))];
    try {
      for await (const batch of fixedBatches(reader, request.arena, names, rowGroups)) {
        const { rowCount, firstRow, rowGroup, isLast } = batch;
        const placeOf = (row: number) => ({ file: request.file, row: firstRow + row });
        const taken = columns.map(({ field, from }) => {
          const read = from === undefined ? undefined : batch.columns[names.indexOf(from.name)];
          return this.taken(field, { from, read, rowCount, placeOf });
        });
        yield { rowCount, columns: taken, placeOf, within: { rowGroup, isLast } };
      }
    } finally {
      reader.close();
    }
  }

  reading(): SourceReading {
    const { dialect, unmapped, unknown } = this.parts.chosen;
    return {
      ...{ dialect: dialect.name, delimiter: undefined, hasHeader: true, unmapped, unknown },
      ...{ sourceUnit: this.time.sourceUnit, timeUnit: this.time.targetUnit },
      ...{ roundedDecimals: 0, fileRows: this.parts.reader.rowCount },
    };
  }

  close(): void {
    this.parts.reader.close();
  }

  private taken(
    field: Field,
    options: {
      readonly from: Field | undefined;
      readonly read: FixedColumn | undefined;
      readonly rowCount: number;
      readonly placeOf: SourceRows['placeOf'];
    },
  ): FixedColumn {
    const { from, read, rowCount, placeOf } = options;
    if (from === undefined || read === undefined) {
      return { layout: 'fixed', values: new BigInt64Array(rowCount), validity: new Uint8Array(rowCount) };
    }
    const validity = read.validity?.includes(0) === true ? read.validity : undefined;
    if (validity !== undefined && !field.nullable) {
      throw new LakeError('corrupt', 'a value is missing', {
        code: 'NULL_VALUE',
        details: { ...placeOf(validity.indexOf(0)), column: from.name },
      });
    }
    const values = exactly(read, { field, from, placeOf });
    if (field.name === 'timestamp' || field.name === 'funding_time') {
      this.time.convert(values as BigInt64Array, validity, placeOf);
    }
    return { layout: 'fixed', values, validity };
  }
}

function sourceColumn(
  reader: ParquetReader,
  { places }: ChosenDialect,
  field: Field,
  file: string,
): SourceColumn {
  const place = places.get(field.name);
  const from = place === undefined ? undefined : reader.schema.fields[place];
  if (from === undefined) return { field, from };
  const { kind } = from.type;
  const fits =
    field.type.kind === 'float'
      ? kind === 'float' || kind === 'int'
      : field.type.kind === 'bool'
        ? kind === 'bool'
        : kind === 'int' || (kind === 'timestamp' && field.name !== 'trade_id');
  if (!fits) throw mismatch(from, field, { file });
  return { field, from };
}

function mismatch(from: Field, field: Field, place: Readonly<Record<string, unknown>>): LakeError {
  return new LakeError('corrupt', 'a column of a source has a type that cannot be taken as it is', {
    code: 'SCHEMA_MISMATCH',
    details: { ...place, column: from.name, found: typeText(from.type), expected: typeText(field.type) },
  });
}

const DOUBLE_MAX = 2n ** 53n;
const INT64_MAX = 2n ** 63n - 1n;

/** The same numbers in the array of the dataset's type. */
function exactly(
  { values }: FixedColumn,
  {
    field,
    from,
    placeOf,
  }: { readonly field: Field; readonly from: Field; readonly placeOf: SourceRows['placeOf'] },
): FixedColumn['values'] {
  const refuse = (row: number, code: string, message: string): never => {
    throw new LakeError('corrupt', message, {
      code,
      details: { ...placeOf(row), column: from.name, value: String(values[row]) },
    });
  };
  if (field.type.kind === 'bool') return values;
  if (field.type.kind === 'float') {
    if (values instanceof Float64Array && areFinite(values)) return values;
    const doubles = values instanceof Float64Array ? values : new Float64Array(values.length);
    for (let row = 0; row < values.length; row++) {
      const value = values[row] as number | bigint;
      if (typeof value === 'bigint' && (value > DOUBLE_MAX || value < -DOUBLE_MAX)) {
        refuse(row, 'SCHEMA_MISMATCH', 'a whole number is too large for a double');
      }
      const double = Number(value);
      if (!Number.isFinite(double)) refuse(row, 'NOT_FINITE', 'a value is not a finite number');
      doubles[row] = double;
    }
    return doubles;
  }
  if (values instanceof BigInt64Array) return values;
  return BigInt64Array.from(values as Iterable<number | bigint>, (value, row) => {
    const whole = BigInt(value);
    return whole > INT64_MAX ? refuse(row, 'SCHEMA_MISMATCH', 'a whole number does not fit 64 bits') : whole;
  });
}

/**
 * Whether none is NaN or infinite: zero times such a number is none. Two at a time, as a question to each takes longer, and nothing behind
 * the loop but what it returns: V8 compiles the loop while it runs for the first time, when it has not seen what comes behind,
 * and that code is left there again with every call.
 */
function areFinite(values: Float64Array): boolean {
  const last = (values.at(-1) ?? 0) * 0;
  if (last !== 0) return false;
  for (let row = 1; row < values.length; row += 2) {
    if ((values[row - 1] as number) * 0 + (values[row] as number) * 0 !== 0) return false;
  }
  return true;
}
