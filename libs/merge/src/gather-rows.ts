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
  /** Appends the rows of a list. What it returns holds until the next call, and its `order` until the one after that. */
  add(runs: RunList, sources: readonly Pick<MergeSource, 'read'>[]): Promise<GatheredRows>;
  /** Forgets the rows gathered so far. */
  clear(): void;
  release(): void;
}

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
export function createRowGatherer(arena: Arena, schema: Schema): RowGatherer {
  const names = schema.fields.map(({ name }) => name);
  const create = () => schema.fields.map(({ type }) => createColumnBuffer(arena, type));
  const columns = create();
  const staging = create();
  const numbers = [createArenaBuffer(arena), createArenaBuffer(arena)];
  let turn = 0;
  const starts = createArenaBuffer(arena);

  const readInto = async (
    into: readonly ColumnBuffer[],
    source: Pick<MergeSource, 'read'>,
    rowCount: number,
  ) => {
    for (let i = 0; i < into.length; i++) {
      const buffer = into[i] as ColumnBuffer;
      const rowsBefore = buffer.rowCount;
      const wait = source.read(names[i] as string, buffer, rowCount);
      if (wait !== undefined) await wait;
      assert(buffer.rowCount === rowsBefore + rowCount, 'a source gives exactly the rows it is asked for');
    }
  };
  /** Every source once; where each begins goes to `starts`. */
  const stage = async (pieces: readonly Piece[], sources: readonly Pick<MergeSource, 'read'>[]) => {
    const startOf = arena.view(Uint32Array, starts.room(sources.length * 4), sources.length);
    let row = 0;
    for (const { source, rowCount } of pieces) {
      await readInto(staging, sources[source] as MergeSource, rowCount);
      startOf[source] = row;
      row += rowCount;
    }
  };
  const rowsSoFar = () => columns[0]?.rowCount ?? 0;
  return {
    columns,
    get rowCount() {
      return rowsSoFar();
    },
    async add(runs, sources) {
      const { rowCount, runCount, place } = runs;
      const start = rowsSoFar();
      const pieces = piecesBySource(runs, sources.length);
      if (!areShort(runs, pieces.length)) {
        const inOrder = piecesByRun(runs);
        for (const { source, rowCount: count } of inOrder) {
          await readInto(columns, sources[source] as MergeSource, count);
        }
        const placed = columns.map((column) => column.placedAsRead());
        return { columns: placed, start, end: start + rowCount, pieces: inOrder, order: 0 };
      }
      for (const column of staging) column.clear();
      await stage(pieces, sources);
      const order = (numbers[turn++ % 2] as ArenaBuffer).room(rowCount * 4);
      arena.kernels.expandRuns(place.sources, place.counts, runCount, starts.address, order);
      columns.forEach((column, i) => column.gather(staging[i] as ColumnBuffer, order, rowCount));
      const placed = staging.map((column) => column.placedAsRead());
      return { columns: placed, start: 0, end: rowCount, pieces, order };
    },
    clear() {
      for (const column of columns) column.clear();
    },
    release() {
      for (const one of [...columns, ...staging, ...numbers, starts]) one.release();
    },
  };
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
