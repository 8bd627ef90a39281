import { assert } from '@ticklake/core';
import { goesOn, passAbsent, passSlot, walkLeaf, type LeafWalk } from './leaf-walk.js';
import { leavesOf, type NestedShape } from './nested-shape.js';
import { plainValues } from './plain-values.js';
import type { StripedLeaf, StripedRows } from './striped-rows.js';

/** Striped rows as plain values, in the form that a nested column has them. */
export function plainRows({ shape, rowCount, leaves }: StripedRows): unknown[] {
  const shapes = leavesOf(shape);
  const walks: PlainWalk[] = shapes.map((leafShape, i) => {
    const leaf = leaves[i] as StripedLeaf;
    return { ...walkLeaf(leafShape, leaf), values: plainValues(leafShape.type, leaf.values) };
  });
  return Array.from({ length: rowCount }, () => plainValue(shape, walks));
}

interface PlainWalk extends LeafWalk {
  readonly values: readonly unknown[];
}

function plainValue(shape: NestedShape, walks: readonly PlainWalk[]): unknown {
  switch (shape.shape) {
    case 'leaf': {
      const walk = walks[shape.leaf] as PlainWalk;
      const value = passSlot(walk);
      if (value < 0) return null;
      assert(value < walk.values.length, 'there is a value for every slot at the highest level');
      return walk.values[value];
    }
    case 'struct':
      if (shape.optional && passAbsent(walks, shape.leaves, shape.definition)) return null;
      return shape.children.map((child) => plainValue(child, walks));
    case 'list':
    case 'map': {
      if (shape.optional && passAbsent(walks, shape.leaves, shape.definition)) return null;
      if (passAbsent(walks, shape.leaves, shape.elementDefinition)) return [];
      const items: unknown[] = [];
      const first = walks[shape.leaves[0]] as PlainWalk;
      do items.push(plainValue(shape.element, walks));
      while (goesOn(first, shape.elementRepetition));
      return items;
    }
  }
}
