import { shapeOf, type Field } from '@ticklake/columnar';

/** The levels of a leaf, as readers and shredders both have them. */
export interface LeafLevels {
  readonly slotCount: number;
  readonly definitions?: Uint8Array | undefined;
  readonly repetitions?: Uint8Array | undefined;
}

/** The definition level from which the outermost value of a column is there. */
export function presentLevel(field: Field): number {
  const shape = shapeOf(field);
  return shape.shape === 'leaf' || !field.nullable ? 0 : shape.definition;
}

/** In how many rows a nested column is null: by its first leaf, of which each row begins with a repetition level of 0. */
export function nullRowsOfLevels(
  { slotCount, definitions, repetitions }: LeafLevels,
  presentFrom: number,
): number {
  if (definitions === undefined) return 0;
  let count = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    const opensRow = repetitions === undefined || repetitions[slot] === 0;
    if (opensRow && (definitions[slot] as number) < presentFrom) count++;
  }
  return count;
}

/** How many of a column without nesting are null; a byte a row, 1 = present. */
export function nullRowsOfValidity(validity: Uint8Array | undefined): number {
  let count = 0;
  for (const present of validity ?? []) if (present === 0) count++;
  return count;
}
