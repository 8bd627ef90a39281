import {
  createArenaBuffer,
  isFixedType,
  widthOf,
  type Arena,
  type ArenaBuffer,
  type PlacedBytes,
  type PlacedFlat,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { DenseValues } from './dense-values.js';
import { fitsLeaf, toFixedDecimal } from './fixed-bytes.js';
import type { Leaf } from './leaf.js';

/** Brings columns of a leaf into the form its pages store, in memory that it keeps. */
export interface Densifier {
  /** The present rows of `column`, until the next call. @throws LakeError `invalid` when a value does not fit the leaf. */
  densify(column: PlacedFlat): DenseValues;
  release(): void;
}

/** A densifier for `leaf`. */
export function createDensifier(arena: Arena, leaf: Leaf): Densifier {
  return new Dense(arena, leaf);
}

class Dense implements Densifier {
  private readonly drawn: ArenaBuffer;
  private readonly wide: ArenaBuffer;
  private readonly rows: ArenaBuffer;
  private readonly spelledOffsets: ArenaBuffer;
  private readonly offsets: ArenaBuffer;
  private readonly data: ArenaBuffer;

  constructor(
    private readonly arena: Arena,
    private readonly leaf: Leaf,
  ) {
    this.drawn = createArenaBuffer(arena);
    this.wide = createArenaBuffer(arena);
    this.rows = createArenaBuffer(arena);
    this.spelledOffsets = createArenaBuffer(arena);
    this.offsets = createArenaBuffer(arena);
    this.data = createArenaBuffer(arena);
  }

  densify(column: PlacedFlat): DenseValues {
    switch (column.layout) {
      case 'fixed':
        return this.fixed(column);
      case 'codes':
        return this.codes(column);
      case 'bytes':
        return this.bytes(column);
      case 'byteCodes':
        return this.byteCodes(column);
    }
  }

  release(): void {
    for (const one of [this.drawn, this.wide, this.rows]) one.release();
    for (const one of [this.spelledOffsets, this.offsets, this.data]) one.release();
  }

  private fixed(column: Extract<PlacedFlat, { readonly layout: 'fixed' }>): DenseValues {
    const { width, size } = this.widths();
    const values = this.widened(column.values, column.rowCount, width);
    const { at, count } = this.draw(values, size, column);
    return this.leaf.type.kind === 'bool' ? this.bits(at, count) : { kind: 'words', size, count, values: at };
  }

  private codes(column: Extract<PlacedFlat, { readonly layout: 'codes' }>): DenseValues {
    const { width, size } = this.widths();
    const { at: codes, count } = this.draw(column.codes, 4, column);
    const { entryCount, isInOrder } = column;
    const entries = this.widened(column.entries, entryCount, width);
    if (this.leaf.type.kind !== 'bool')
      return { kind: 'wordCodes', size, count, codes, entries, entryCount, isInOrder };
    const values = this.rows.room(count * 4);
    this.arena.kernels.gather32(entries, codes, count, values);
    return this.bits(values, count);
  }

  private byteCodes(column: Extract<PlacedFlat, { readonly layout: 'byteCodes' }>): DenseValues {
    const { at: codes, count } = this.draw(column.codes, 4, column);
    const { entries, entryCount } = column;
    // Brought to one size, entries that no row uses need not fit.
    if (this.leaf.sizeBytes !== undefined) return this.spelled(entries, codes, count);
    return { kind: 'byteCodes', count, codes, entryCount, ...entries };
  }

  private bytes(column: Extract<PlacedFlat, { readonly layout: 'bytes' }>): DenseValues {
    const { rowCount, validity, offsets, data } = column;
    if (validity === 0) return { kind: 'bytes', count: rowCount, ...this.sized({ offsets, data }, rowCount) };
    const numbers = this.rows.room(rowCount * 4);
    const count = numberPresent(this.arena, numbers, { validity, rowCount });
    return this.spelled(column, numbers, count);
  }

  /** Of a value in memory and as it is stored. */
  private widths(): { readonly width: number; readonly size: 4 | 8 } {
    const { type } = this.leaf;
    assert(isFixedType(type), 'fixed-width rows are of a fixed-width type');
    const width = widthOf(type);
    return { width, size: width === 8 ? 8 : 4 };
  }

  /** Values of present rows one after another; codes likewise. */
  private draw(
    from: Address,
    width: 4 | 8,
    { rowCount, validity }: { readonly rowCount: number; readonly validity: Address },
  ): { readonly at: Address; readonly count: number } {
    if (validity === 0) return { at: from, count: rowCount };
    const { kernels } = this.arena;
    const at = this.drawn.room(rowCount * width);
    const count =
      width === 8
        ? kernels.draw64(from, validity, rowCount, at)
        : kernels.draw32(from, validity, rowCount, at);
    return { at, count };
  }

  /** Narrow values as the 32 bits they are stored in. */
  private widened(values: Address, count: number, width: number): Address {
    if (width >= 4) return values;
    const to = this.wide.room(count * 4);
    this.arena.kernels.widen(values, count, width * 8, this.leaf.order === 'signed', to);
    return to;
  }

  /** Booleans, a word each, as a byte each. */
  private bits(words: Address, count: number): DenseValues {
    const values = this.data.room(count);
    this.arena.kernels.narrow(words, count, 8, false, values);
    return { kind: 'bits', count, values };
  }

  /** Values by number. */
  private spelled(from: PlacedBytes, numbers: Address, count: number): DenseValues {
    const { kernels } = this.arena;
    const size = kernels.gatherBytes(from.offsets, from.data, numbers, count, 0, 0);
    const [offsets, data] = [this.spelledOffsets.room((count + 1) * 4), this.wide.room(size)];
    kernels.gatherBytes(from.offsets, from.data, numbers, count, offsets, data);
    return { kind: 'bytes', count, ...this.sized({ offsets, data }, count) };
  }

  /** Values brought to the leaf's fixed size, where it has one. */
  private sized(from: PlacedBytes, count: number): PlacedBytes {
    const { arena, leaf } = this;
    const { sizeBytes } = leaf;
    if (sizeBytes === undefined) return from;
    const ends = arena.view(Uint32Array, from.offsets, count + 1);
    if (leaf.type.kind !== 'decimal') {
      for (let i = 0; i < count; i++) fitsLeaf((ends[i + 1] as number) - (ends[i] as number), leaf);
      return from;
    }
    const [offsets, data] = [this.offsets.room((count + 1) * 4), this.data.room(count * sizeBytes)];
    const fixedEnds = arena.view(Uint32Array, offsets, count + 1);
    const { bytes } = arena;
    for (let i = 0; i < count; i++) {
      const value = bytes.subarray(from.data + (ends[i] as number), from.data + (ends[i + 1] as number));
      toFixedDecimal(value, bytes.subarray(data + i * sizeBytes, data + (i + 1) * sizeBytes), leaf);
      fixedEnds[i] = i * sizeBytes;
    }
    fixedEnds[count] = count * sizeBytes;
    return { offsets, data };
  }
}

/** The numbers of the present rows, to `to`; returns how many there are. */
function numberPresent(
  arena: Arena,
  to: Address,
  { validity, rowCount }: { readonly validity: Address; readonly rowCount: number },
): number {
  const present = arena.view(Uint8Array, validity, rowCount);
  const numbers = arena.view(Uint32Array, to, rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) if (present[row] !== 0) numbers[count++] = row;
  return count;
}
