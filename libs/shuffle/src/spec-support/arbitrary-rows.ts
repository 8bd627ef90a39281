import type { RecordBatch, Schema } from '@ticklake/columnar';
import { arbitraryBatch, arbitrarySchema } from '@ticklake/columnar/testing';
import fc from 'fast-check';

/** Rows whose first column is a time, and what a caller of a router knows of them. */
export interface SourceBatch {
  readonly batch: RecordBatch;
  /** One for each row. */
  readonly numbers: readonly number[];
}

/** Any schema without nested fields; it may have no field at all. */
export function flatSchema(): fc.Arbitrary<Schema> {
  return arbitrarySchema().map(({ fields }) => ({
    fields: fields.filter(({ type, name }) => type.kind !== 'nested' && name !== TIME.name),
  }));
}

/** Any flat schema after a time. */
export function timedSchema(): fc.Arbitrary<Schema> {
  return flatSchema().map(({ fields }) => ({ fields: [TIME, ...fields] }));
}

/**
 * Up to twelve rows of `schema`, which begins with a time: few different times, so that they tie, in order now and then, as codes now and
 * then; and for each row a number below `numbersMax`, in runs now and then.
 */
export function arbitraryRows(schema: Schema, numbersMax: number): fc.Arbitrary<SourceBatch> {
  const rest = { fields: schema.fields.slice(1) };
  return fc.nat({ max: 12 }).chain((rowCount) =>
    fc
      .record({
        batch: arbitraryBatch(rest, rowCount),
        times: few(rowCount, { min: -3, max: 6 }),
        numbers: few(rowCount, { min: 0, max: numbersMax - 1 }),
        isCoded: fc.boolean(),
      })
      .map(({ batch, times, numbers, isCoded }) => {
        const values = BigInt64Array.from(times, BigInt);
        const time = isCoded
          ? {
              layout: 'dictionary' as const,
              codes: Uint32Array.from(times, (_, row) => row),
              dictionary: values,
            }
          : { layout: 'fixed' as const, values };
        return { batch: { schema, rowCount, columns: [time, ...batch.columns] }, numbers };
      }),
  );
}

const TIME = { name: 'time', type: { kind: 'int', bits: 64, signed: true }, nullable: false } as const;

function few(
  rowCount: number,
  range: { readonly min: number; readonly max: number },
): fc.Arbitrary<number[]> {
  return fc
    .tuple(fc.array(fc.integer(range), { minLength: rowCount, maxLength: rowCount }), fc.boolean())
    .map(([numbers, isSorted]) => (isSorted ? numbers.sort((a, b) => a - b) : numbers));
}
