import type { Arena, FixedColumnBuffer, Schema } from '@ticklake/columnar';

/** Sees every row's sequence number and keeps the faults (MG-03). */
export interface SequenceCheck {
  /** Whether it wants to see the column: it is there, and no fault was found in its values yet. */
  readonly wantsRows: boolean;
  /** The sequence of the next rows of the file. */
  add(column: FixedColumnBuffer): void;
  /** At most one of the column and one of its values: the first. */
  readonly faults: readonly SequenceFault[];
}

interface SequenceFault {
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Checks that int64 column `name` counts 0, 1, 2… without a gap. With no name there is nothing to check. */
export function createSequenceCheck(arena: Arena, schema: Schema, name: string | undefined): SequenceCheck {
  const ofColumn = name === undefined ? undefined : schemaFault(schema, name);
  const isCounted = schema.fields.some((field) => field.name === name && isInt64(field.type));
  let ofValues: SequenceFault | undefined;
  let rowsSeen = 0;
  return {
    get wantsRows() {
      return isCounted && ofValues === undefined;
    },
    add(column) {
      const { values, rowCount } = column.plain();
      const at = arena.kernels.gap64(values, rowCount, rowsSeen);
      if (at < rowCount) {
        const row = rowsSeen + at;
        const message = row === 0 ? 'the sequence does not start at 0' : 'the sequence has a gap';
        const [found] = arena.view(BigInt64Array, values + at * 8, 1);
        ofValues = { message, details: { column: name, row, found } };
      }
      rowsSeen += rowCount;
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
  if (isInt64(type) && !nullable) return undefined;
  return {
    message: 'the sequence is not a required int64',
    details: { column: name, kind: type.kind, nullable },
  };
}

function isInt64(type: Schema['fields'][number]['type']): boolean {
  return type.kind === 'int' && type.bits === 64 && type.signed;
}
