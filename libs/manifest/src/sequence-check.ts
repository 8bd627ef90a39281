import { columnOf, type RecordBatch, type Schema } from '@ticklake/columnar';
import { wordsOf } from './row-order.js';

/** Sees every row's sequence number and keeps the first fault (MG-03). */
export interface SequenceCheck {
  /** The next rows of the file. */
  add(batch: RecordBatch): void;
  readonly fault:
    | { readonly message: string; readonly details: Readonly<Record<string, unknown>> }
    | undefined;
}

/** Checks that int64 column `name` counts 0, 1, 2… without a gap. With no name there is nothing to check. */
export function createSequenceCheck(schema: Schema, name: string | undefined): SequenceCheck {
  let fault = name === undefined ? undefined : schemaFault(schema, name);
  let rowsSeen = 0;
  return {
    add(batch) {
      if (name === undefined || fault !== undefined) return;
      const column = columnOf(batch, name);
      if (column.layout === 'fixed' && column.values instanceof BigInt64Array) {
        const at = firstGap(column.values, rowsSeen);
        if (at !== undefined) {
          const details = { column: name, row: rowsSeen + at, found: column.values[at] };
          fault = { message: 'the sequence has a gap', details };
        }
      }
      rowsSeen += batch.rowCount;
    },
    get fault() {
      return fault;
    },
  };
}

function schemaFault(schema: Schema, name: string): SequenceCheck['fault'] {
  const field = schema.fields.find((candidate) => candidate.name === name);
  if (field === undefined) return { message: 'the sequence column is missing', details: { column: name } };
  const { type, nullable } = field;
  const isInt64 = type.kind === 'int' && type.bits === 64 && type.signed;
  if (isInt64 && !nullable) return undefined;
  return {
    message: 'the sequence is not a required int64',
    details: { column: name, kind: type.kind, nullable },
  };
}

function firstGap(values: BigInt64Array, start: number): number | undefined {
  const words = wordsOf(values);
  for (let row = 0; row < values.length; row++) {
    const expected = start + row;
    const low = (words[2 * row] as number) >>> 0;
    const high = words[2 * row + 1] as number;
    if (low !== expected % 2 ** 32 || high !== Math.floor(expected / 2 ** 32)) return row;
  }
  return undefined;
}
