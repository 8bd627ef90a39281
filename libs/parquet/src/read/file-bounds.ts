import { PHYSICAL } from '../format/constants.js';
import type { FileMeta } from '../format/metadata.js';
import type { FileColumn, FileSchema, Leaf } from './schema-tree.js';
import { boundsOf, type Bounds } from './statistics.js';

/** Bounds of a column over all row groups; `undefined` where one that has values tells none, and for a nested column. */
export function fileBounds(meta: FileMeta, { leaves }: FileSchema, column: FileColumn): Bounds | undefined {
  const leaf = leaves[column.leafStart] as Leaf;
  if (column.shape !== undefined) return undefined;
  let all: Bounds | undefined;
  for (const group of meta.rowGroups) {
    const chunk = group.chunk(column.leafStart);
    if (chunk === undefined || chunk.valueCount === (chunk.statistics?.nullCount ?? 0)) continue;
    const bounds = boundsOf(leaf.type, leaf.physical === PHYSICAL.INT96, chunk.statistics);
    if (bounds === undefined) return undefined;
    all = {
      min: all === undefined || bounds.min < all.min ? bounds.min : all.min,
      max: all === undefined || bounds.max > all.max ? bounds.max : all.max,
    };
  }
  return all;
}
