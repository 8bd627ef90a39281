import { columnOf, type RecordBatch, type Schema } from '@ticklake/columnar';
import { wordsOf } from './row-order.js';

/** Sees every row's sequence number and keeps the faults (MG-03). */
export interface SequenceCheck {
  /** The next rows of the file. */
  add(batch: RecordBatch): void;
  /** At most one of the column and one of its values: the first. */
  readonly faults: readonly SequenceFault[];
}

interface SequenceFault {
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Checks that int64 column `name` counts 0, 1, 2… without a gap. With no name there is nothing to check. */
export function createSequenceCheck(schema: Schema, name: string | undefined): SequenceCheck {
  const ofColumn = name === undefined ? undefined : schemaFault(schema, name);
  let ofValues: SequenceFault | undefined;
  const isThere = schema.fields.some((field) => field.name === name);
  let rowsSeen = 0;
  return {
    add(batch) {
      if (name === undefined || !isThere || ofValues !== undefined) return;
      const column = columnOf(batch, name);
      if (column.layout === 'fixed' && column.values instanceof BigInt64Array) {
        const at = firstGap(column.values, rowsSeen);
        if (at !== undefined) {
          const row = rowsSeen + at;
          const message = row === 0 ? 'the sequence does not start at 0' : 'the sequence has a gap';
          ofValues = { message, details: { column: name, row, found: column.values[at] } };
        }
      }
      rowsSeen += batch.rowCount;
    },
    get faults() {
      return [ofColumn, ofValues].filter((fault) => fault !== undefined);
    },
  };
}

function schemaFault(schema: Schema, name: string): SequenceFault | undefined {
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
