import type { RowGroupFacts } from '@ticklake/parquet';
import { scalarsOf, type ColumnField, type ScalarType } from './column-type.js';
import type { ScalarKindName, WriterName } from './scalar-kinds.js';

/** A leaf of a column: its type, and how its chunks are encoded as the footer tells it. */
export interface LeafFacts {
  readonly scalar: ScalarType;
  readonly encodings: ReadonlySet<string>;
}

/** What decides whether a limit of a reader applies to a column. */
export interface ColumnFacts {
  /** Which column of the file. */
  readonly at: number;
  readonly writer: WriterName;
  readonly field: ColumnField;
  /** Depth first; one where the column is flat. */
  readonly leaves: readonly LeafFacts[];
  /** Every kind that the file has. */
  readonly kindsOfFile: ReadonlySet<ScalarKindName>;
}

/** The facts of all columns of a file. */
export function columnFacts(
  fields: readonly ColumnField[],
  { writer, rowGroups }: { writer: WriterName; rowGroups: readonly RowGroupFacts[] },
): readonly ColumnFacts[] {
  const kindsOfFile = new Set(fields.flatMap(({ type }) => scalarsOf(type).map(({ kind }) => kind)));
  let leafAt = 0;
  return fields.map((field, at) => {
    const leaves = scalarsOf(field.type).map((scalar) => {
      const chunkAt = leafAt++;
      const encodings = new Set(rowGroups.flatMap(({ columns }) => columns[chunkAt]?.encodings ?? []));
      return { scalar, encodings };
    });
    return { at, writer, field, leaves, kindsOfFile };
  });
}
