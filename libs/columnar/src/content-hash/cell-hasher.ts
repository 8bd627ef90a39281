import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';
import type { BytesColumn, BytesValues } from '../batch.js';
import { bytesOf } from '../placed/fixed-view.js';
import { stripedAt, type PlacedBytes, type PlacedColumn, type PlacedFixed } from '../placed/placed-column.js';
import { isFixedType, type Field, type FixedType } from '../schema.js';
import { minimalDecimals } from './minimal-decimals.js';
import { nullLanes } from './mix.js';
import { nestedBytes } from './nested-bytes.js';
import { DIGEST_BYTES } from './row-digests.js';
import { columnSeed } from './seeds.js';
import { createStripedBytes, type StripedBytes } from './striped-bytes.js';

/** Adds the cells of one column to the lanes of rows. */
export interface CellHasher {
  /**
   * Takes the column whose cells are to be added. False when all of them are the same: that one has then been added to the lanes at
   * `row`, which every row begins with, and there is nothing more to add.
   */
  begin(column: PlacedColumn, row: Address): boolean;
  /** Adds the cells of rows `start … start + count` to the tiles at `tiles` or, unless that is 0, to the one at `base` instead. */
  add(tiles: Address, start: number, count: number, base: Address): void;
  release(): void;
}

type AddCells = CellHasher['add'];

/** A hasher for the cells of `field`. */
export function createCellHasher(arena: Arena, field: Field): CellHasher {
  return new ColumnCells(arena, field);
}

class ColumnCells implements CellHasher {
  private readonly lanes: ArenaBuffer;
  private readonly scratch: ArenaBuffer;
  private readonly table: ArenaBuffer;
  private readonly outside: OutsideBytes;
  private striped: StripedBytes | undefined;
  /** Where the column's seed stands, what a null adds, and a tile of zeros; 0 before anybody asked. */
  private seed: Address = 0;
  private addCells: AddCells = () => undefined;

  constructor(
    private readonly arena: Arena,
    private readonly field: Field,
  ) {
    this.lanes = createArenaBuffer(arena);
    this.scratch = createArenaBuffer(arena);
    this.table = createArenaBuffer(arena);
    this.outside = createOutsideBytes(arena);
  }

  begin(column: PlacedColumn, row: Address): boolean {
    const found = this.cellsOf(column, row);
    this.addCells = found ?? (() => undefined);
    return found !== undefined;
  }

  add(tiles: Address, start: number, count: number, base: Address): void {
    this.addCells(tiles, start, count, base);
  }

  release(): void {
    for (const one of [this.lanes, this.scratch, this.table, this.outside]) one.release();
    this.seed = 0;
  }

  private cellsOf(column: PlacedColumn, row: Address): AddCells | undefined {
    const { type } = this.field;
    switch (column.layout) {
      case 'fixed':
        return this.words(column);
      case 'bytes':
        return this.strings(this.minimal(column, column.rowCount), column.validity);
      case 'nested': {
        assert(type.kind === 'nested', 'nested rows are of a nested type');
        const { values, validity }: BytesColumn = nestedBytes(type, column.values);
        const placed = this.outside.place(values, validity);
        return this.strings(placed, placed.validity);
      }
      case 'striped': {
        this.striped ??= createStripedBytes();
        const { values, validity } = this.striped.bytesOf(stripedAt(this.arena, column));
        const placed = this.outside.place(values, validity);
        return this.strings(placed, placed.validity);
      }
      case 'codes':
      case 'byteCodes': {
        const cells = this.tableOf(column);
        if (column.entryCount !== 1 || column.validity !== 0) return this.codes(column, cells);
        this.arena.kernels.hashSum(cells, 1, row);
        return undefined;
      }
    }
  }

  private words({ width, values, validity }: Pick<PlacedFixed, 'width' | 'values' | 'validity'>): AddCells {
    const { type } = this.field;
    assert(isFixedType(type), 'fixed-width rows are of a fixed-width type');
    const { kernels } = this.arena;
    const seed = this.placeSeed();
    const none = seed + DIGEST_BYTES;
    const signed = isSigned(type);
    return (tiles, start, count, base) => {
      const nulls = validity === 0 ? 0 : validity + start;
      const at = values + start * width;
      if (width === 8) return kernels.hash64(tiles, at, count, seed, nulls, none, base);
      if (width === 4) return kernels.hash32(tiles, at, count, seed, nulls, none, base, signed);
      const wide = this.scratch.room(count * 4);
      kernels.widen(at, count, width * 8, signed, wide);
      kernels.hash32(tiles, wide, count, seed, nulls, none, base, signed);
    };
  }

  private strings({ offsets, data }: PlacedBytes, validity: Address): AddCells {
    const { kernels } = this.arena;
    const seed = this.placeSeed();
    const none = seed + DIGEST_BYTES;
    return (tiles, start, count, base) => {
      const nulls = validity === 0 ? 0 : validity + start;
      kernels.hashBytes(tiles, offsets + start * 4, data, count, seed, nulls, none, base);
    };
  }

  private codes(place: { readonly codes: Address; readonly validity: Address }, cells: Address): AddCells {
    const { kernels } = this.arena;
    const none = this.placeSeed() + DIGEST_BYTES;
    return (tiles, start, count, base) => {
      const nulls = place.validity === 0 ? 0 : place.validity + start;
      kernels.hashCodes(tiles, place.codes + start * 4, count, cells, nulls, none, base);
    };
  }

  /** The cells of entries, one after another. */
  private tableOf(column: Extract<PlacedColumn, { readonly entryCount: number }>): Address {
    const { kernels } = this.arena;
    const { entryCount } = column;
    const cells = this.table.room(Math.max(entryCount, 1) * DIGEST_BYTES);
    const add =
      column.layout === 'codes'
        ? this.words({ width: column.width, values: column.entries, validity: 0 })
        : this.strings(this.minimal(column.entries, entryCount), 0);
    add(cells, 0, entryCount, this.placeSeed() + 2 * DIGEST_BYTES);
    kernels.hashTable(cells, entryCount);
    return cells;
  }

  /** Decimals in the fewest bytes; others as they are. */
  private minimal(place: PlacedBytes, count: number): PlacedBytes {
    if (this.field.type.kind !== 'decimal') return place;
    const offsets = this.arena.view(Uint32Array, place.offsets, count + 1);
    const data = this.arena.view(Uint8Array, place.data, offsets[count] as number);
    return this.outside.place(minimalDecimals({ offsets, data }), undefined);
  }

  /** Where the column's seed stands, what a null adds, and a tile of zeros, one after another. */
  private placeSeed(): Address {
    if (this.seed === 0) {
      this.seed = this.lanes.room(6 * DIGEST_BYTES);
      const own = columnSeed(this.field);
      this.arena.view(Int32Array, this.seed, 24).set([...own, ...nullLanes(own), ...new Int32Array(16)]);
    }
    return this.seed;
  }
}

/** Byte strings that were made outside, copied in. */
interface OutsideBytes {
  place(values: BytesValues, validity: Uint8Array | undefined): PlacedBytes & { readonly validity: Address };
  release(): void;
}

function createOutsideBytes(arena: Arena): OutsideBytes {
  const held = [createArenaBuffer(arena), createArenaBuffer(arena), createArenaBuffer(arena)] as const;
  const put = (buffer: ArenaBuffer, bytes: Uint8Array) => {
    const address = buffer.room(Math.max(bytes.length, 1));
    arena.put(bytes, address);
    return address;
  };
  return {
    place: ({ offsets, data }, validity) => ({
      offsets: put(held[0], bytesOf(offsets, 0, offsets.length)),
      data: put(held[1], data),
      validity: validity === undefined ? 0 : put(held[2], validity),
    }),
    release() {
      for (const one of held) one.release();
    },
  };
}

/** Whether a value shorter than a word is extended by its sign; floats are extended by zeros. */
function isSigned(type: FixedType): boolean {
  if (type.kind === 'int') return type.signed;
  return type.kind === 'date' || type.kind === 'time';
}
