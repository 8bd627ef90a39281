import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';
import type { Column } from '../batch.js';
import type { FixedType } from '../schema.js';
import { checkCodes } from './check-codes.js';
import type { ColumnBuffer, ColumnBufferBase, ColumnBufferOptions } from './column-buffer.js';
import { createKeptEntries } from './kept-entries.js';
import { createFixedEntries, type FixedDictionary, type FixedEntries } from './fixed-entries.js';
import { bytesOf, viewTypeOf, widthOf } from './fixed-view.js';
import { gatherCodes } from './gather-codes.js';
import { createOutsideDictionary, type OutsideDictionary } from './outside-dictionary.js';
import type { PlacedColumn, PlacedFixed, Width } from './placed-column.js';
import { createValidityBuffer, type ValidityBuffer } from './validity-buffer.js';

/** Fixed-width rows. Room is asked for, written to, and then counted, so that a decoder writes where rows will stay. */
export interface FixedColumnBuffer extends ColumnBufferBase {
  readonly kind: 'fixed';
  readonly type: FixedType;
  readonly width: Width;
  /** Room for `count` more values. */
  valuesRoom(count: number): Address;
  /** Counts `rows` rows, whose values stand at {@link FixedColumnBuffer.valuesRoom}. */
  putValues(rows: number, validity: Address): void;
  /** Where the rows stand as values, codes replaced by what they stand for; until the buffer is next changed. */
  plain(): PlacedFixed;
  /** Whether the next rows may be codes: rows so far are, or there are none. */
  readonly takesCodes: boolean;
  /** Room for `count` more codes. */
  codesRoom(count: number): Address;
  /** Counts `rows` rows, whose codes stand at {@link FixedColumnBuffer.codesRoom}, all of them within `dictionary`. */
  putCodes(dictionary: FixedDictionary, rows: number, validity: Address): void;
}

/** An empty buffer, see `createColumnBuffer`. */
export function createFixedBuffer(
  arena: Arena,
  type: FixedType,
  options: Required<ColumnBufferOptions>,
): FixedColumnBuffer {
  return new FixedRows(arena, type, options);
}

class FixedRows implements FixedColumnBuffer {
  readonly kind = 'fixed';
  readonly width: Width;
  rowCount = 0;
  private readonly values: ArenaBuffer;
  private readonly codes: ArenaBuffer;
  private readonly validity: ValidityBuffer;
  private readonly entries: FixedEntries;
  private readonly outside: OutsideDictionary;
  private readonly rowsMax: number;
  private isCoded = false;

  constructor(
    private readonly arena: Arena,
    readonly type: FixedType,
    { rowsMax, keptBytesMax }: Required<ColumnBufferOptions>,
  ) {
    this.rowsMax = rowsMax;
    this.width = widthOf(type);
    this.values = createArenaBuffer(arena);
    this.codes = createArenaBuffer(arena);
    this.validity = createValidityBuffer(arena);
    const { width } = this;
    const rowsSoFar = () => ({
      codes: this.codes.address,
      count: this.rowCount,
      validity: this.validity.address,
    });
    this.entries =
      keptBytesMax > 0
        ? createKeptEntries(arena, { width, rowsSoFar, keptBytesMax })
        : createFixedEntries(arena, width, rowsSoFar);
    this.outside = createOutsideDictionary(arena);
  }

  get takesCodes(): boolean {
    return (this.isCoded || this.rowCount === 0) && this.entries.isOpen;
  }

  valuesRoom(count: number): Address {
    this.decode();
    const used = this.rowCount * this.width;
    return this.values.grow(used + count * this.width, used, this.rowsMax * this.width) + used;
  }

  putValues(rows: number, validity: Address): void {
    this.validity.put(this.rowCount, rows, validity);
    this.rowCount += rows;
  }

  codesRoom(count: number): Address {
    const used = this.rowCount * 4;
    return this.codes.grow(used + count * 4, used, this.rowsMax * 4) + used;
  }

  putCodes(dictionary: FixedDictionary, rows: number, validity: Address): void {
    const at = this.codesRoom(rows);
    const keeps = this.takesCodes && dictionary.keepsCodes;
    if (keeps && this.entries.takeIn(dictionary, { codes: at, count: rows, validity })) this.isCoded = true;
    else {
      // The codes stand past the rows' own, if those are codes: they survive the decoding.
      this.take({ table: dictionary.values, rows: at, count: rows, to: this.valuesRoom(rows) });
    }
    this.putValues(rows, validity);
  }

  append(column: Column, start: number, end: number): void {
    if (start === end) return;
    const { arena } = this;
    const validity = this.validity.hold(column.layout === 'nested' ? undefined : column.validity, start, end);
    if (column.layout === 'fixed') {
      const to = this.valuesRoom(end - start);
      arena.put(bytesOf(column.values, start, end), to);
      return this.putValues(end - start, validity);
    }
    assert(
      column.layout === 'dictionary' && !('offsets' in column.dictionary),
      'a fixed-width type has such columns',
    );
    const { dictionary, codes } = column;
    assert(dictionary instanceof viewTypeOf(this.type), 'entries are of the type of their column');
    const to = this.codesRoom(end - start);
    arena.put(bytesOf(codes, start, end), to);
    checkCodes(arena, { at: to, count: end - start, limit: dictionary.length, validity });
    this.putCodes(this.outside.place(dictionary), end - start, validity);
  }

  gather(from: ColumnBuffer, rows: Address, count: number): void {
    if (count === 0) return;
    const placed = from.placed();
    assert(placed.layout === 'fixed' || placed.layout === 'codes', 'rows have one type');
    const validity = this.validity.holdGathered(placed.validity, rows, count);
    if (placed.layout === 'fixed') {
      this.take({ table: placed.values, rows, count, to: this.valuesRoom(count) });
      return this.putValues(count, validity);
    }
    gatherCodes(this.arena, placed, { rows, count, to: this.codesRoom(count) });
    if (this.rowCount > 0) {
      const dictionary = { values: placed.entries, count: placed.entryCount, keepsCodes: true, rowCount: 0 };
      return this.putCodes(dictionary, count, validity);
    }
    this.entries.clear();
    this.entries.adopt(placed.entries, placed.entryCount);
    this.isCoded = true;
    this.putValues(count, validity);
  }

  placed(): PlacedColumn {
    if (this.isCoded && !this.entries.makeDistinct()) this.decode();
    return this.placedAsRead();
  }

  placedAsRead(): PlacedColumn {
    if (!this.isCoded) return this.plain();
    return {
      layout: 'codes',
      rowCount: this.rowCount,
      validity: this.validity.address,
      width: this.width,
      codes: this.codes.address,
      entries: this.entries.address,
      entryCount: this.entries.count,
      isInOrder: this.entries.isInOrder,
    };
  }

  plain(): PlacedFixed {
    this.decode();
    const { rowCount, width } = this;
    return {
      layout: 'fixed',
      rowCount,
      validity: this.validity.address,
      width,
      values: this.values.address,
    };
  }

  clear(): void {
    // Of rows that are values there was nothing to keep.
    if (this.isCoded) this.entries.forgetRows();
    else this.entries.clear();
    this.rowCount = 0;
    this.isCoded = false;
    this.validity.clear();
  }

  release(): void {
    this.clear();
    for (const one of [this.values, this.codes, this.validity, this.entries, this.outside]) one.release();
  }

  /** Rows so far as values, where they are codes. */
  private decode(): void {
    if (!this.isCoded) return;
    this.isCoded = false;
    const { rowCount: count } = this;
    const to = this.values.room(Math.max(count, 1) * this.width);
    this.take({ table: this.entries.address, rows: this.codes.address, count, to });
    this.entries.clear();
  }

  /** `to[i] = table[rows[i]]`. */
  private take({
    table,
    rows,
    count,
    to,
  }: {
    readonly table: Address;
    readonly rows: Address;
    readonly count: number;
    readonly to: Address;
  }): void {
    const { kernels } = this.arena;
    if (this.width === 8) kernels.gather64(table, rows, count, to);
    else if (this.width === 4) kernels.gather32(table, rows, count, to);
    else if (this.width === 2) kernels.gather16(table, rows, count, to);
    else kernels.gather8(table, rows, count, to);
  }
}
