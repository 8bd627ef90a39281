import fc from 'fast-check';
import type { Column, RecordBatch } from '../batch.js';
import type { Field, Schema } from '../schema.js';
import { sliceColumn } from '../slice-column.js';
import { arbitraryBytesColumn, isBytesType } from './arbitrary-bytes-column.js';
import { arbitraryFixedColumn } from './arbitrary-fixed-column.js';
import { arbitraryNestedValue } from './arbitrary-nested-value.js';

/**
 * Batches of `schema` with exactly `rowCount` rows. Nullable fields have none, some or only nulls; bytes types come
 * plain or as dictionaries with repeated and unused entries; columns may be views into larger memory. Floats include
 * -0 and NaNs with payloads, integers their extremes, and values repeat often enough to tie.
 */
export function arbitraryBatch(schema: Schema, rowCount: number): fc.Arbitrary<RecordBatch> {
  return fc
    .tuple(...schema.fields.map((field) => arbitraryColumn(field, rowCount)))
    .map((columns) => ({ schema, rowCount, columns }));
}

/** One column of `field` with exactly `rowCount` rows, as {@link arbitraryBatch} makes them. */
export function arbitraryColumn(field: Field, rowCount: number): fc.Arbitrary<Column> {
  return fc
    .tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }))
    .chain(([before, after]) =>
      wholeColumn(field, before + rowCount + after).map((column) =>
        sliceColumn(column, before, before + rowCount),
      ),
    );
}

function wholeColumn({ type, nullable }: Field, rowCount: number): fc.Arbitrary<Column> {
  if (type.kind === 'nested') {
    const value = arbitraryNestedValue(type);
    return fc
      .array(nullable ? fc.option(value, { freq: 3 }) : value, { minLength: rowCount, maxLength: rowCount })
      .map((values): Column => ({ layout: 'nested', values }));
  }
  const validity = nullable ? arbitraryValidity(rowCount) : fc.constant(undefined);
  return isBytesType(type)
    ? arbitraryBytesColumn(type, rowCount, validity)
    : arbitraryFixedColumn(type, rowCount, validity);
}

function arbitraryValidity(rowCount: number): fc.Arbitrary<Uint8Array | undefined> {
  const some = fc.uint8Array({ minLength: rowCount, maxLength: rowCount, max: 1 });
  return fc
    .oneof(
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 3, arbitrary: some },
      { weight: 1, arbitrary: fc.constant(new Uint8Array(rowCount)) },
    )
    .map((validity) => (validity?.includes(0) === true ? validity : undefined));
}
