import { assert } from '@ticklake/core';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';
import type { RecordBatch } from '../batch.js';
import { createColumnBuffer, type ColumnBuffer } from '../placed/column-buffer.js';
import type { PlacedColumn } from '../placed/placed-column.js';
import type { Schema } from '../schema.js';
import { createCellHasher, type CellHasher } from './cell-hasher.js';
import { DIGEST_BYTES, type RowDigests } from './row-digests.js';
import { ROW_SEED } from './seeds.js';

/** Computes the digests of rows, again and again, in memory that it keeps. */
export interface RowHasher {
  /**
   * The digests of rows `start … end` whose columns, one for each field of the schema, stand in the arena. They hold until as many calls
   * later as there are turns.
   */
  digest(
    columns: readonly PlacedColumn[],
    rows: { readonly start: number; readonly end: number },
  ): RowDigests;
  /** Completes digests of which other columns were hashed elsewhere: see {@link RowHasherOptions.part}. In place. */
  join(own: RowDigests, other: RowDigests): RowDigests;
  /**
   * The digests of the rows that have the columns of the first part and no others, until the next call; `own` is left as it is, to be
   * joined.
   */
  alone(own: RowDigests): RowDigests;
  /** The digests of a batch from anywhere, which is copied into the arena first. */
  digestBatch(batch: RecordBatch): RowDigests;
  /** Gives the memory back. */
  release(): void;
}

/** Which columns {@link createRowHasher} hashes. */
export interface RowHasherOptions {
  /** Columns that are left out. */
  readonly exclude: readonly string[];
  /**
   * Where columns of the same rows are hashed apart: the schema has some of them, and digests are not complete before those of the
   * first part have been joined with those of the other. 0 = the first part, 1 = the other; left out = all columns.
   */
  readonly part?: 0 | 1;
  /** Digests of how many batches stand side by side; one when left out. */
  readonly turns?: number;
}

const NOTHING = [0, 0, 0, 0];

/** So many rows' lanes stay in the nearest cache while column after column is added. */
const BLOCK_ROWS = 2048;

/**
 * A hasher for rows of `schema`, the columns named in `exclude` left out. A digest depends on each column's name, type (as
 * `typeText`) and value, and on nothing else: not on column order, nullability, layout, or how the file encoded it.
 * Null differs from every value, -0 from 0, and one NaN payload from another (MF-08). Not made to withstand somebody who
 * forges collisions.
 */
export function createRowHasher(arena: Arena, schema: Schema, options: RowHasherOptions): RowHasher {
  return new Hasher(arena, schema, options);
}

class Hasher implements RowHasher {
  /** One for each turn. */
  private readonly digests: readonly ArenaBuffer[];
  private turn = 0;
  private readonly seed: ArenaBuffer;
  /** Of {@link RowHasher.alone}. */
  private readonly copies: ArenaBuffer;
  /** `undefined` for columns that are left out. */
  private readonly cells: readonly (CellHasher | undefined)[];
  private buffers: readonly ColumnBuffer[] | undefined;

  constructor(
    private readonly arena: Arena,
    private readonly schema: Schema,
    private readonly options: RowHasherOptions,
  ) {
    this.digests = Array.from({ length: options.turns ?? 1 }, () => createArenaBuffer(arena));
    this.seed = createArenaBuffer(arena);
    this.copies = createArenaBuffer(arena);
    this.cells = schema.fields.map((field) =>
      options.exclude.includes(field.name) ? undefined : createCellHasher(arena, field),
    );
  }

  digest(
    columns: readonly PlacedColumn[],
    { start: first, end }: { readonly start: number; readonly end: number },
  ): RowDigests {
    const { arena } = this;
    assert(columns.length === this.cells.length, 'rows have a column for every field');
    const rowCount = end - first;
    const digests = this.digests[this.turn++ % this.digests.length] as ArenaBuffer;
    const address = digests.room(Math.max(rowCount, 1) * DIGEST_BYTES);
    const row = this.seed.room(5 * DIGEST_BYTES);
    const rowTile = row + DIGEST_BYTES;
    arena.view(Int32Array, row, 4).set(this.options.part === 1 ? NOTHING : ROW_SEED);
    const varying = columns.flatMap((column, i) => {
      const hasher = this.cells[i];
      if (hasher === undefined) return [];
      assert(column.rowCount >= end, 'a column has the rows that are hashed');
      return hasher.begin(column, row) ? [hasher] : [];
    });
    arena.kernels.hashFill(rowTile, 4, row);
    for (let start = 0; start < rowCount; start += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rowCount - start);
      const tiles = address + start * DIGEST_BYTES;
      if (varying.length === 0) arena.kernels.hashFill(tiles, count, row);
      let base = rowTile;
      for (const hasher of varying) {
        hasher.add(tiles, first + start, count, base);
        base = 0;
      }
      if (this.options.part === undefined) arena.kernels.hashFinish(tiles, count);
    }
    return { arena, address, rowCount };
  }

  join(own: RowDigests, { address, rowCount }: RowDigests): RowDigests {
    assert(rowCount === own.rowCount, 'parts are of the same rows');
    this.arena.kernels.hashJoin(own.address, address, rowCount);
    return own;
  }

  alone({ address, rowCount }: RowDigests): RowDigests {
    const { arena } = this;
    // Before they are complete, the lanes of four rows stand among one another.
    const size = Math.ceil(rowCount / 4) * 4 * DIGEST_BYTES;
    const copy = this.copies.room(Math.max(size, DIGEST_BYTES));
    arena.move(address, copy, size);
    arena.kernels.hashFinish(copy, rowCount);
    return { arena, address: copy, rowCount };
  }

  digestBatch(batch: RecordBatch): RowDigests {
    this.buffers ??= this.schema.fields.map(({ type }) => createColumnBuffer(this.arena, type));
    const placed = this.buffers.map((buffer, i) => {
      const column = batch.columns[i];
      assert(column !== undefined, 'a batch has a column for every field');
      buffer.clear();
      buffer.append(column, 0, batch.rowCount);
      return buffer.placedAsRead();
    });
    return this.digest(placed, { start: 0, end: batch.rowCount });
  }

  release(): void {
    for (const one of [...this.digests, this.seed, this.copies, ...this.cells, ...(this.buffers ?? [])])
      one?.release();
  }
}
