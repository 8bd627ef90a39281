import { createColumnBuffer, type Arena, type DataType } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Leaf } from './leaf.js';
import { createLeafValues, type LeafValues } from './leaf-values.js';
import type { LeafRows } from './leaf-rows.js';

/** A leaf of a nested field whose rows are being taken apart. */
export interface NestedLeaf {
  readonly leaf: Leaf;
  /** Appends one slot without a value: something above it, or itself, is null or empty. */
  putAbsent(repetition: number, definition: number): void;
  /** Appends one slot with a value. @throws LakeError `invalid` when it is not of the leaf's type. */
  putValue(repetition: number, definition: number, value: unknown): void;
  rows(): LeafRows;
  clear(): void;
  release(): void;
}

/** An empty leaf. */
export function createNestedLeaf(arena: Arena, leaf: Leaf): NestedLeaf {
  const buffer = createColumnBuffer(arena, leaf.type as DataType);
  let definitions = new Uint8Array(64);
  let repetitions = new Uint8Array(64);
  let slotCount = 0;
  let rowCount = 0;
  let values: LeafValues = createLeafValues(leaf);
  const putSlot = (repetition: number, definition: number) => {
    if (slotCount === definitions.length) {
      definitions = doubled(definitions);
      repetitions = doubled(repetitions);
    }
    definitions[slotCount] = definition;
    repetitions[slotCount++] = repetition;
    if (repetition === 0) rowCount++;
  };
  return {
    leaf,
    putAbsent: putSlot,
    putValue(repetition, definition, value) {
      putSlot(repetition, definition);
      values.put(value);
    },
    rows() {
      buffer.clear();
      buffer.append(values.column(), 0, values.count);
      const column = buffer.placed();
      assert(column.layout !== 'nested' && column.layout !== 'striped', 'a leaf is not nested');
      return {
        leaf,
        rowCount,
        slotCount,
        column,
        definitions: leaf.definitionMax > 0 ? definitions : undefined,
        repetitions: leaf.repetitionMax > 0 ? repetitions : undefined,
      };
    },
    clear() {
      slotCount = 0;
      rowCount = 0;
      values = createLeafValues(leaf);
    },
    release: () => buffer.release(),
  };
}

function doubled(levels: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(levels.length * 2);
  larger.set(levels);
  return larger;
}
