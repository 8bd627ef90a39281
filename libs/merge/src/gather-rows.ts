import {
  createArenaBuffer,
  createColumnBuffer,
  type Arena,
  type ArenaBuffer,
  type ColumnBuffer,
  type PlacedColumn,
  type Schema,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { MergeSource } from './merge-source.js';
import type { RunList } from './run-list.js';

/** Reads the rows that lists of runs name into columns. */
export interface RowGatherer {
  /** One for each field of the schema: the rows gathered so far. */
  readonly columns: readonly ColumnBuffer[];
  readonly rowCount: number;
  /**
   * Reads the rows of a list and appends them, or the first of them. What it returns, which is of all rows of the list, holds until the
   * next call, and its `order` until as many calls later as there are `turns`.
   */
  add(
    runs: RunList,
    sources: readonly Pick<MergeSource, 'read'>[],
    options?: AddOptions,
  ): Promise<GatheredRows>;
  /** Appends the next rows of the list that was read last. */
  addMore(rowCount: number): void;
  /**
   * How a list of `sourceCount` sources is read, for whoever else reads it; `undefined` where that is run by run. It holds as the `order`
   * of {@link RowGatherer.add}, which counts as a call.
   */
  drawnFrom(
    runs: RunList,
    list: { readonly sourceCount: number; readonly rowCount: number },
  ): DrawnRows | undefined;
  /** Forgets the rows gathered so far. */
  clear(): void;
  release(): void;
}

/** How {@link RowGatherer.add} adds a list. */
export interface AddOptions {
  /** How many rows are appended; all of them when left out. The others are for {@link RowGatherer.addMore}. */
  readonly rowCount?: number | undefined;
  /** What {@link RowGatherer.drawnFrom} said of the list, here or elsewhere: its runs are not looked at then. */
  readonly drawn?: DrawnRows | undefined;
  /** Is told of each source in the list's `ended` as soon as its last row has been read. */
  readonly onEnded?: OnEnded | undefined;
}

/** A list of which every source is read once. */
export interface DrawnRows {
  /** What is read, one after another. */
  readonly pieces: readonly Piece[];
  /** For each row of the list its number among those rows, 32 bits. */
  readonly order: Address;
}

/** Is told the number of a source that is not read any more; a promise is waited for. */
export type OnEnded = (source: number) => Promise<void> | void;

/**
 * The rows of a list as they came out of their sources, before any of them was moved, as rows `start … end` of some columns.
 */
export interface GatheredRows {
  readonly columns: readonly PlacedColumn[];
  readonly start: number;
  readonly end: number;
  /** Which rows those are, one after another. It outlives the list. */
  readonly pieces: readonly Piece[];
  /** For each row of the list its number among those rows, 32 bits; 0 when they stand in the list's own order. */
  readonly order: Address;
}

/** Some rows of a source, the next ones. */
export interface Piece {
  readonly source: number;
  readonly rowCount: number;
}

/**
 * A gatherer for rows of `schema`. Long runs are read one after another, straight to where they stay. Where runs are so short
 * that asking for each would cost more than moving its rows once more, every source is read once a list, and its rows
 * are drawn from there by number.
 */
export function createRowGatherer(
  arena: Arena,
  schema: Schema,
  { turns }: { readonly turns: number },
): RowGatherer {
  const names = schema.fields.map(({ name }) => name);
  const columns = schema.fields.map(({ type }) => createColumnBuffer(arena, type));
  const keptBytesMax = (arena.bytesMax * KEPT_SHARE) / Math.max(names.length, 1);
  const staging = schema.fields.map(({ type }) => createColumnBuffer(arena, type, { keptBytesMax }));
  const numbers = Array.from({ length: turns }, () => createArenaBuffer(arena));
  let turn = 0;
  /** The rows of the last list that have not been appended. */
  let left = { order: 0, rowCount: 0 };
  const starts = createArenaBuffer(arena);

  const drawnFrom: RowGatherer['drawnFrom'] = (runs, { sourceCount, rowCount }) => {
    const pieces = piecesBySource(runs, sourceCount);
    if (rowCount === runs.rowCount && !areShort(runs, pieces.length)) return undefined;
    const order = (numbers[turn++ % turns] as ArenaBuffer).room(runs.rowCount * 4);
    const startOf = starts.room(sourceCount * 4);
    putStarts(pieces, arena.view(Uint32Array, startOf, sourceCount));
    arena.kernels.expandRuns(runs.place.sources, runs.place.counts, runs.runCount, startOf, order);
    return { pieces, order };
  };
  const rowsSoFar = () => columns[0]?.rowCount ?? 0;
  const addMore = (rowCount: number) => {
    const { order } = left;
    assert(rowCount <= left.rowCount, 'a list has the rows that are appended');
    columns.forEach((column, i) => column.gather(staging[i] as ColumnBuffer, order, rowCount));
    left = { order: order + rowCount * 4, rowCount: left.rowCount - rowCount };
  };
  return {
    columns,
    get rowCount() {
      return rowsSoFar();
    },
    async add(runs, sources, { rowCount: appended = runs.rowCount, onEnded, ...given } = {}) {
      const { rowCount, ended } = runs;
      const start = rowsSoFar();
      const drawn = given.drawn ?? drawnFrom(runs, { sourceCount: sources.length, rowCount: appended });
      const pieces = drawn?.pieces ?? piecesByRun(runs);
      const into = drawn === undefined ? columns : staging;
      if (drawn !== undefined) for (const column of staging) column.clear();
      const { lasts, others } = lastPieces(pieces, onEnded === undefined ? [] : ended);
      for (const [i, piece] of pieces.entries()) {
        await readInto(into, names, sources[piece.source] as MergeSource, piece.rowCount);
        if (lasts.has(i)) await onEnded?.(piece.source);
      }
      for (const source of others) await onEnded?.(source);
      const placed = () => into.map((column) => column.placedAsRead());
      if (drawn === undefined) return { columns: placed(), start, end: start + rowCount, pieces, order: 0 };
      const { order } = drawn;
      left = { order, rowCount };
      addMore(appended);
      // Not before: codes are renumbered where entries repeat.
      return { columns: placed(), start: 0, end: rowCount, pieces, order };
    },
    addMore,
    drawnFrom,
    clear() {
      for (const column of columns) column.clear();
    },
    release() {
      for (const one of [...columns, ...staging, ...numbers, starts]) one.release();
    },
  };
}

/** Part of the arena that may be kept from list to list of what codes of the sources' dictionaries are. */
const KEPT_SHARE = 1 / 16;

/** Where the rows of each source begin, where those of `pieces` stand one after another. */
function putStarts(pieces: readonly Piece[], startOf: Uint32Array): void {
  let row = 0;
  for (const { source, rowCount } of pieces) {
    startOf[source] = row;
    row += rowCount;
  }
}

async function readInto(
  into: readonly ColumnBuffer[],
  names: readonly string[],
  source: Pick<MergeSource, 'read'>,
  rowCount: number,
): Promise<void> {
  for (let i = 0; i < into.length; i++) {
    const buffer = into[i] as ColumnBuffer;
    const rowsBefore = buffer.rowCount;
    const wait = source.read(names[i] as string, buffer, rowCount);
    if (wait !== undefined) await wait;
    assert(buffer.rowCount === rowsBefore + rowCount, 'a source gives exactly the rows it is asked for');
  }
}

/** Rows that can be moved once more in the time that asking for a run takes. Measured. */
const ROWS_PER_RUN = 256;

/** Whether reading run by run would cost more than reading source by source and moving every row once more. */
function areShort({ rowCount, runCount }: RunList, sourceCount: number): boolean {
  return (runCount - sourceCount) * ROWS_PER_RUN > rowCount;
}

function piecesByRun({ sources, counts, runCount }: RunList): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let run = 0; run < runCount; run++) {
    pieces.push({ source: sources[run] as number, rowCount: counts[run] as number });
  }
  return pieces;
}

/** How many rows of each source a list has, sources in order of their first row. */
function piecesBySource({ sources, counts, runCount }: RunList, sourceCount: number): readonly Piece[] {
  const totals = new Uint32Array(sourceCount);
  const order: number[] = [];
  for (let run = 0; run < runCount; run++) {
    const source = sources[run] as number;
    if (totals[source] === 0) order.push(source);
    totals[source] = (totals[source] as number) + (counts[run] as number);
  }
  return order.map((source) => ({ source, rowCount: totals[source] as number }));
}

/** Which pieces are the last ones of sources that have ended; `others` are those of which there is no piece. */
function lastPieces(pieces: readonly Piece[], ended: readonly number[]) {
  const others = new Set(ended);
  const lasts = new Set<number>();
  for (let i = pieces.length - 1; i >= 0 && others.size > 0; i--) {
    if (others.delete((pieces[i] as Piece).source)) lasts.add(i);
  }
  return { lasts, others };
}
