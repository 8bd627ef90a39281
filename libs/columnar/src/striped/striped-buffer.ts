import { assert } from '@ticklake/core';
import type { Arena } from '../arena/arena.js';
import { createColumnBuffer, type ColumnBuffer } from '../placed/column-buffer.js';
import { columnLength } from '../batch.js';
import type { PlacedStriped } from '../placed/placed-column.js';
import { leavesOf, type LeafShape, type NestedShape } from './nested-shape.js';
import type { StripedLeaf, StripedRows } from './striped-rows.js';

/** Striped rows being put together: values in an arena, levels outside. */
export interface StripedBuffer {
  readonly shape: NestedShape;
  readonly rowCount: number;
  /** Appends rows of this shape, copied. */
  append(rows: StripedRows): void;
  /** Where they stand, until the buffer is next changed. */
  placed(): PlacedStriped;
  clear(): void;
  release(): void;
}

/** An empty buffer for rows of `shape`. */
export function createStripedBuffer(arena: Arena, shape: NestedShape): StripedBuffer {
  const leaves = leavesOf(shape).map((leaf) => new GrowingLeaf(arena, leaf));
  let rowCount = 0;
  return {
    shape,
    get rowCount() {
      return rowCount;
    },
    append(rows) {
      assert(rows.leaves.length === leaves.length, 'rows have all leaves of their shape');
      leaves.forEach((leaf, i) => leaf.append(rows.leaves[i] as StripedLeaf));
      rowCount += rows.rowCount;
    },
    placed: () => ({ layout: 'striped', shape, rowCount, leaves: leaves.map((leaf) => leaf.placed()) }),
    clear() {
      rowCount = 0;
      for (const leaf of leaves) leaf.clear();
    },
    release() {
      rowCount = 0;
      for (const leaf of leaves) leaf.release();
    },
  };
}

const NONE = new Uint8Array(0);

class GrowingLeaf {
  private definitions = NONE;
  private repetitions = NONE;
  private slotCount = 0;
  private repeats = false;
  private readonly values: ColumnBuffer;

  constructor(
    arena: Arena,
    private readonly shape: LeafShape,
  ) {
    this.values = createColumnBuffer(arena, shape.type);
  }

  append({ slotCount, definitions, repetitions, values }: StripedLeaf): void {
    const end = this.slotCount + slotCount;
    const { definition } = this.shape;
    this.definitions = roomFor(this.definitions, this.slotCount, end);
    if (definitions === undefined) this.definitions.fill(definition, this.slotCount, end);
    else this.definitions.set(definitions.subarray(0, slotCount), this.slotCount);
    if (repetitions !== undefined) {
      this.repeats = true;
      this.repetitions = roomFor(this.repetitions, this.slotCount, end);
      this.repetitions.set(repetitions.subarray(0, slotCount), this.slotCount);
    }
    this.slotCount = end;
    this.values.append(values, 0, columnLength(values));
  }

  placed(): PlacedStriped['leaves'][number] {
    const { slotCount } = this;
    const values = this.values.placed();
    assert(values.layout !== 'nested' && values.layout !== 'striped', 'a leaf is flat');
    return {
      slotCount,
      definitions: values.rowCount === slotCount ? undefined : this.definitions.subarray(0, slotCount),
      repetitions: this.repeats ? this.repetitions.subarray(0, slotCount) : undefined,
      values,
    };
  }

  clear(): void {
    this.slotCount = 0;
    this.repeats = false;
    this.values.clear();
  }

  release(): void {
    this.clear();
    this.definitions = NONE;
    this.repetitions = NONE;
    this.values.release();
  }
}

/** At least `size` bytes, the first `keep` of them as they were. */
function roomFor(bytes: Uint8Array<ArrayBuffer>, keep: number, size: number): Uint8Array<ArrayBuffer> {
  if (size <= bytes.length) return bytes;
  const larger = new Uint8Array(Math.max(size, bytes.length * 2));
  larger.set(bytes.subarray(0, keep));
  return larger;
}
