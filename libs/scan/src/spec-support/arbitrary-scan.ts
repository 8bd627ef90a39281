import type { Column, DataType, Field, RecordBatch, Schema } from '@ticklake/columnar';
import { arbitraryBatch, arbitrarySchema } from '@ticklake/columnar/testing';
import type { ParquetSinkOptions } from '@ticklake/parquet';
import fc from 'fast-check';
import { kindOf, type Filter, type FilterOperator, type FilterValue } from '../filter.js';
import { valueOf } from './slow-filter.js';

/** Rows, how a file of them is written, and what is asked of it. */
export interface ScanCase {
  readonly batch: RecordBatch;
  readonly options: Partial<ParquetSinkOptions>;
  readonly filters: readonly Filter[];
  readonly batchRows: number;
}

/** A column that rises, as times do. */
const TIME: Field = { name: 'the time', type: { kind: 'int', bits: 64, signed: true }, nullable: false };

/** Files of every type and layout, some with indexes for all flat columns, and filters that often leave something. */
export function arbitraryScan(): fc.Arbitrary<ScanCase> {
  return arbitrarySchema()
    .filter((schema) => !JSON.stringify(schema).includes('__proto__'))
    .chain((schema) => fc.nat(120).chain((rowCount) => arbitraryBatch(schema, rowCount)))
    .map(withTime)
    .chain((batch) =>
      fc.record({
        batch: fc.constant(batch),
        options: arbitraryOptions(batch.schema),
        filters: fc.array(arbitraryFilter(batch), { maxLength: 3 }),
        batchRows: fc.integer({ min: 1, max: 50 }),
      }),
    );
}

function withTime({ schema, rowCount, columns }: RecordBatch): RecordBatch {
  const time: Column = {
    layout: 'fixed',
    values: BigInt64Array.from({ length: rowCount }, (_, i) => BigInt(i >> 1)),
  };
  return { schema: { fields: [...schema.fields, TIME] }, rowCount, columns: [...columns, time] };
}

function arbitraryOptions({ fields }: Schema): fc.Arbitrary<Partial<ParquetSinkOptions>> {
  const flat = fields.filter(({ type }) => type.kind !== 'nested').map(({ name }) => name);
  const filtered = fields.filter(({ type }) => type.kind !== 'nested' && type.kind !== 'bool');
  const filters = filtered.map(({ name }) => [name, { bloomFilter: { falsePositiveRate: 0.01 } }] as const);
  return fc.record({
    compression: fc.constantFrom('none', 'snappy', 'zstd'),
    rowGroupRows: fc.integer({ min: 1, max: 130 }),
    pageRows: fc.integer({ min: 1, max: 20 }),
    dictionaryBytesMax: fc.constantFrom(0, 20, 1 << 16),
    // Not that they were sorted: so all of them have a column index.
    sortingColumns: fc.constantFrom([], flat),
    columns: fc.constantFrom({}, Object.fromEntries(filters)),
  });
}

function arbitraryFilter(batch: RecordBatch): fc.Arbitrary<Filter> {
  const comparable = batch.schema.fields.filter(({ type }) => kindOf(type) !== undefined);
  const time = { weight: 1, arbitrary: fc.constant(TIME) };
  return fc.oneof(time, { weight: 3, arbitrary: fc.constantFrom(...comparable) }).chain(({ name, type }) => {
    const value = fc.oneof(storedValue(batch, name, type), otherValue(type));
    const single = fc
      .tuple(fc.constantFrom<FilterOperator>('=', '==', '!=', '<', '<=', '>', '>='), value)
      .map(([operator, one]): Filter => [name, operator, one]);
    const list = fc.array(value, { maxLength: 4 }).map((values): Filter => [name, 'in', values]);
    const pair = fc.tuple(value, value).map((values): Filter => [name, 'between', values]);
    return fc.oneof(
      { weight: 3, arbitrary: single },
      { weight: 1, arbitrary: list },
      { weight: 2, arbitrary: pair },
    );
  });
}

function storedValue(batch: RecordBatch, name: string, type: DataType): fc.Arbitrary<FilterValue> {
  const values = Array.from({ length: batch.rowCount }, (_, row) => valueOf(batch, name, row)).filter(
    (value): value is FilterValue => value !== null && !Number.isNaN(value),
  );
  return values.length === 0 ? otherValue(type) : fc.constantFrom(...values);
}

function otherValue(type: DataType): fc.Arbitrary<FilterValue> {
  switch (kindOf(type)) {
    case 'text':
      return fc.string({ unit: 'grapheme', maxLength: 3 });
    case 'bool':
      return fc.boolean();
    default:
      return fc.oneof(
        fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
        fc.integer({ min: -3, max: 130 }),
        fc.double({ noNaN: true }),
      );
  }
}
