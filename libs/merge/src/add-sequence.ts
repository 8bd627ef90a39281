import { createArenaBuffer, type Arena, type Field, type PlacedBatch, type Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';

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
 * `batches` of rows of `schema` with their rows numbered 0, 1, 2, … across all of them, as rows of what {@link withSequence} makes
 * of it. Other columns are passed on, not copied. (MG-03)
 *
 * @throws LakeError `invalid` when `schema` has no column `after`.
 */
export async function* addSequence(
  arena: Arena,
  schema: Schema,
  batches: AsyncIterable<PlacedBatch>,
  options: SequenceOptions,
): AsyncGenerator<PlacedBatch> {
  const { fields } = withSequence(schema, options);
  const from = fields.map(({ name }) => schema.fields.findIndex((field) => field.name === name));
  const numbers = createArenaBuffer(arena);
  let next = 0;
  try {
    for await (const { rowCount, columns } of batches) {
      const values = numbers.room(rowCount * 8);
      arena.kernels.count64(next, rowCount, values);
      next += rowCount;
      const sequence = { layout: 'fixed', rowCount, validity: 0, width: 8, values } as const;
      yield {
        rowCount,
        columns: fields.map(({ name }, i) =>
          name === options.name ? sequence : (columns[from[i] as number] as (typeof columns)[number]),
        ),
      };
    }
  } finally {
    numbers.release();
  }
}
