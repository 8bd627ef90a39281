import type { Arena, Field } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ColumnCollector } from './flat-leaf.js';
import type { Leaf } from './leaf.js';
import { createNestedLeaf, type NestedLeaf } from './nested-leaf.js';

/**
 * Takes rows of a struct, list or map apart into the levels and values of its leaves (Dremel's record shredding).
 * `leaves` are those of `field`, depth first.
 */
export function createNestedCollector(arena: Arena, field: Field, leaves: readonly Leaf[]): ColumnCollector {
  const collected = leaves.map((leaf) => createNestedLeaf(arena, leaf));
  const node = createNode(field, { leaves: collected.values(), column: field.name, repetition: 0 });
  return {
    append(column, start, end) {
      if (column.layout !== 'nested') {
        throw new LakeError('invalid', 'a column does not hold what its type says', {
          details: { column: field.name, type: 'nested', layout: column.layout },
        });
      }
      for (let row = start; row < end; row++) node.put(column.values[row], 0, 0);
    },
    leaves: () => collected.map((leaf) => leaf.rows()),
    clear: () => collected.forEach((leaf) => leaf.clear()),
    release: () => collected.forEach((leaf) => leaf.release()),
  };
}

/** One element of the tree; levels are those of the enclosing value. */
interface Node {
  put(value: unknown, repetition: number, definition: number): void;
  /** Something above is null or empty: one slot in every leaf below. */
  putAbsent(repetition: number, definition: number): void;
}

interface Site {
  /** Hands out the leaves in order. */
  readonly leaves: Iterator<NestedLeaf>;
  readonly column: string;
  /** Repeated groups above. */
  readonly repetition: number;
}

function createNode(field: Field, site: Site): Node {
  const node = createPresentNode(field, site);
  const step = field.nullable ? 1 : 0;
  return {
    put(value, repetition, definition) {
      if (value !== null && value !== undefined) return node.put(value, repetition, definition + step);
      if (!field.nullable) {
        throw new LakeError('invalid', 'a required value is null', {
          details: { column: site.column, field: field.name },
        });
      }
      node.putAbsent(repetition, definition);
    },
    putAbsent: node.putAbsent,
  };
}

function createPresentNode(field: Field, site: Site): Node {
  const { type } = field;
  if (type.kind !== 'nested') {
    const { value: leaf } = site.leaves.next() as { value: NestedLeaf };
    return {
      put: (value, repetition, definition) => leaf.putValue(repetition, definition, value),
      putAbsent: leaf.putAbsent,
    };
  }
  if (type.shape === 'struct') return createStructNode(type.children, site);
  const inside = { ...site, repetition: site.repetition + 1 };
  const element =
    type.shape === 'list'
      ? createNode(type.children[0] as Field, inside)
      : createStructNode(type.children, inside);
  return {
    put(value, repetition, definition) {
      const items = requireArray(value, site);
      if (items.length === 0) element.putAbsent(repetition, definition);
      for (let i = 0; i < items.length; i++) {
        element.put(items[i], i === 0 ? repetition : inside.repetition, definition + 1);
      }
    },
    putAbsent: element.putAbsent,
  };
}

/** A struct, or one entry of a map. */
function createStructNode(children: readonly Field[], site: Site): Node {
  const nodes = children.map((child) => createNode(child, site));
  return {
    put(value, repetition, definition) {
      const parts = requireArray(value, site);
      if (parts.length !== nodes.length) {
        throw new LakeError('invalid', 'a struct has another number of fields than its type', {
          details: { column: site.column, fieldCount: parts.length, typeFieldCount: nodes.length },
        });
      }
      nodes.forEach((node, i) => node.put(parts[i], repetition, definition));
    },
    putAbsent: (repetition, definition) => nodes.forEach((node) => node.putAbsent(repetition, definition)),
  };
}

function requireArray(value: unknown, site: Site): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new LakeError('invalid', 'a nested value is not an array', { details: { column: site.column } });
}
