import { shapeOf, type NestedShape, type PlacedLeaf, type PlacedStriped } from '@ticklake/columnar';
import type { LeafRows } from './leaf-rows.js';
import type { TreeField } from './schema-tree.js';

/** Striped rows as the leaves of a column have them; `undefined` where their levels count otherwise than the column's. */
export type StripedLeafRows = (placed: PlacedStriped) => readonly LeafRows[] | undefined;

/** For rows of `field`. Files of others may nest what ours does not, or require what ours leaves open. */
export function createStripedRows({ field, leaves }: TreeField): StripedLeafRows {
  const own = JSON.stringify(shapeOf(field));
  const known = new WeakMap<NestedShape, boolean>();
  const isOwn = (shape: NestedShape) => {
    let same = known.get(shape);
    if (same === undefined) known.set(shape, (same = JSON.stringify(shape) === own));
    return same;
  };
  return ({ shape, rowCount, leaves: placed }) => {
    if (!isOwn(shape)) return undefined;
    return leaves.map((leaf, i) => {
      const { values: column, ...levels } = placed[i] as PlacedLeaf;
      return { leaf, rowCount, column, ...levels };
    });
  };
}
