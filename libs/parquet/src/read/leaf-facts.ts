import type { DataType } from '@ticklake/columnar';
import { nameOf, PHYSICAL } from '../format/constants.js';
import type { FileSchema } from './schema-tree.js';

/** A leaf of the schema as the footer tells it: a flat column, or what a nested one is made of. */
export interface LeafFacts {
  /** Top-level column. */
  readonly name: string;
  /** Names from the top to the leaf. */
  readonly path: readonly string[];
  readonly type: DataType;
  /** How values are stored, as the format calls it, e.g. `INT64`; with the length where that is fixed. */
  readonly physical: string;
  /** Whether it may be absent in a row, being null itself or below something that is null or empty. */
  readonly nullable: boolean;
  /** Whether it may have several values in a row. */
  readonly repeated: boolean;
}

/** Of schemas that were asked for: files of one writer share theirs. */
const known = new WeakMap<FileSchema, readonly LeafFacts[]>();

/** The leaves of a schema, in the order that the columns of a row group have. */
export function leafFacts(schema: FileSchema): readonly LeafFacts[] {
  let facts = known.get(schema);
  if (facts === undefined) known.set(schema, (facts = factsOf(schema)));
  return facts;
}

function factsOf({ columns, leaves }: FileSchema): readonly LeafFacts[] {
  return columns.flatMap(({ field, leafStart, leafEnd }) =>
    leaves.slice(leafStart, leafEnd).map(({ path, type, physical, typeLength, ...levels }) => ({
      name: field.name,
      path,
      type,
      physical:
        physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY
          ? `${nameOf(PHYSICAL, physical)}(${typeLength})`
          : nameOf(PHYSICAL, physical),
      nullable: levels.definitionMax > 0,
      repeated: levels.repetitionMax > 0,
    })),
  );
}
