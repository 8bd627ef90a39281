import { assert, LakeError } from '@ticklake/core';
import { columnLength, type Column, type Field, type RecordBatch, type Schema } from '@ticklake/columnar';

/** Where the sequence column stands, and what it is called. */
export interface SequenceOptions {
  /** The column it comes right after. */
  readonly after: string;
  readonly name: string;
}

/**
 * `schema` with a required int64 column right after `after`; one of that name is replaced, not doubled. (MG-04)
 *
 * @throws LakeError `invalid` when `schema` has no column `after`.
 */
export function withSequence(
  schema: Schema,
  { after, name }: SequenceOptions = { after: 'ts_event', name: 'seq' },
): Schema {
  const sequence: Field = { name, type: { kind: 'int', bits: 64, signed: true }, nullable: false };
  const others = schema.fields.filter((field) => field.name !== name);
  const index = others.findIndex((field) => field.name === after);
  if (index === -1) throw new LakeError('invalid', 'there is no such column', { details: { column: after } });
  return { fields: others.toSpliced(index + 1, 0, sequence) };
}

/**
 * `batches` with their rows numbered 0, 1, 2, … across all of them, as {@link withSequence} says. Other columns are
 * passed on, not copied. (MG-03)
 *
 * @throws LakeError `invalid` when a batch has no column `after`.
 */
export async function* addSequence(
  batches: AsyncIterable<RecordBatch>,
  options: SequenceOptions,
): AsyncGenerator<RecordBatch> {
  let next = 0;
  let from: Schema | undefined;
  let schema: Schema = { fields: [] };
  for await (const batch of batches) {
    if (batch.schema !== from) {
      from = batch.schema;
      schema = withSequence(from, options);
    }
    const values = numbersFrom(next, batch.rowCount);
    next += batch.rowCount;
    const byName = new Map<string, Column>();
    batch.schema.fields.forEach((field, i) => {
      const column = batch.columns[i];
      if (column !== undefined) byName.set(field.name, column);
    });
    byName.set(options.name, { layout: 'fixed', values });
    const columns = schema.fields.map(({ name }) => {
      const column = byName.get(name);
      assert(
        column !== undefined && columnLength(column) === batch.rowCount,
        'a batch has a column for every field',
      );
      return column;
    });
    yield { schema, rowCount: batch.rowCount, columns };
  }
}

/** `first`, `first + 1`, …, below 2^53; written as two halves, because a bigint per row would be an object per row. */
function numbersFrom(first: number, count: number): BigInt64Array {
  const values = new BigInt64Array(count);
  const words = new Uint32Array(values.buffer);
  for (let row = 0; row < count; row++) {
    const number = first + row;
    words[2 * row] = number;
    words[2 * row + 1] = number / 2 ** 32;
  }
  return values;
}
