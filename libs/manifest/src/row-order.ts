import {
  columnAt,
  createArenaBuffer,
  withBlock,
  type Arena,
  type Field,
  type FixedColumnBuffer,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';

/**
 * Sees the order columns of a file piece by piece and says where rows first go backwards, where an order column is
 * null, and what the first order column spans.
 */
export interface RowOrder {
  /** One or two order columns of the next rows, the first first. */
  add(columns: readonly FixedColumnBuffer[]): void;
  /** The first row that sorts before the one above it. */
  readonly disorderRow: number | undefined;
  /** The first row with a null in an order column; from then on rows are not compared. */
  readonly nullRow: number | undefined;
  /** Of the first order column's rows that are not null; `undefined` without any. */
  readonly span: { readonly min: bigint; readonly max: bigint } | undefined;
  /** Gives its memory back. */
  release(): void;
}

/** Whether rows can be ordered by `field`: whole numbers, dates, times and timestamps, compared exactly. */
export function isOrderable({ type }: Field): boolean {
  switch (type.kind) {
    case 'int':
      return type.signed || type.bits < 64;
    case 'timestamp':
    case 'date':
    case 'time':
      return true;
    default:
      return false;
  }
}

/** The keys of one row; a second of 0 where there is one. */
type Keys = readonly [first: bigint, second: bigint];

/** Judges rows handed over in file order; rows are compared across pieces too. */
export function createRowOrder(arena: Arena): RowOrder {
  const { kernels } = arena;
  const held = [createArenaBuffer(arena), createArenaBuffer(arena)] as const;
  let rowsSeen = 0;
  let last: Keys | undefined;
  let disorderRow: number | undefined;
  let nullRow: number | undefined;
  let span: { min: bigint; max: bigint } | undefined;
  const widen = (min: bigint, max: bigint) => {
    if (span === undefined) span = { min, max };
    else span = { min: min < span.min ? min : span.min, max: max > span.max ? max : span.max };
  };
  const keyAt = (values: number, row: number) => arena.view(BigInt64Array, values + row * 8, 1)[0] as bigint;
  /** Where the first of some rows without nulls stands that sorts before the one above it; their number where none does. */
  const compare = (first: number, second: number, rowCount: number): number => {
    const keysAt = (row: number): Keys => [keyAt(first, row), second === 0 ? 0n : keyAt(second, row)];
    const isBelow = last !== undefined && isAfter(last, keysAt(0));
    last = keysAt(rowCount - 1);
    if (isBelow) return 0;
    return second === 0
      ? kernels.descent64(first, rowCount)
      : kernels.descentPairs64(first, second, rowCount);
  };
  return {
    add(columns) {
      const [column, more] = columns;
      assert(column !== undefined && columns.length <= 2, 'there are one or two order columns');
      const { rowCount } = column;
      if (rowCount === 0) return;
      const first = wholeNumbers(arena, column, held[0]);
      const second = more === undefined ? undefined : wholeNumbers(arena, more, held[1]);
      const nullAt = firstNull(arena, [first, second], rowCount);
      if (nullAt !== undefined) nullRow ??= rowsSeen + nullAt;
      if (nullRow === undefined) {
        const at = compare(first.values, second?.values ?? 0, rowCount);
        if (at < rowCount) disorderRow ??= rowsSeen + at;
      }
      if (first.validity === 0) {
        withBlock(arena, 16, (to) => {
          kernels.boundsI64(first.values, rowCount, to);
          widen(keyAt(to, 0), keyAt(to, 1));
        });
      } else eachPresent(arena, first, rowCount, (value) => widen(value, value));
      rowsSeen += rowCount;
    },
    get disorderRow() {
      return disorderRow;
    },
    get nullRow() {
      return nullRow;
    },
    get span() {
      return span;
    },
    release() {
      for (const one of held) one.release();
    },
  };
}

/** Signed integers of 64 bits in an arena. */
interface WholeNumbers {
  readonly values: number;
  readonly validity: number;
}

/** The values of an order column as int64, where they stand when they are that already. */
function wholeNumbers(
  arena: Arena,
  column: FixedColumnBuffer,
  held: { room(sizeBytes: number): number },
): WholeNumbers {
  const placed = column.plain();
  const { rowCount, validity, width, values } = placed;
  if (width === 8) return { values, validity };
  const narrow = columnAt(arena, column.type, placed);
  assert(narrow.layout === 'fixed', 'plain values are fixed');
  const to = held.room(rowCount * 8);
  const wide = arena.view(BigInt64Array, to, rowCount);
  narrow.values.forEach((value, row) => (wide[row] = BigInt(value)));
  return { values: to, validity };
}

function firstNull(
  { bytes }: Arena,
  columns: readonly (WholeNumbers | undefined)[],
  rowCount: number,
): number | undefined {
  let first: number | undefined;
  for (const column of columns) {
    if (column === undefined || column.validity === 0) continue;
    const at = bytes.subarray(column.validity, column.validity + rowCount).indexOf(0);
    if (at >= 0 && (first === undefined || at < first)) first = at;
  }
  return first;
}

function eachPresent(
  arena: Arena,
  { values, validity }: WholeNumbers,
  rowCount: number,
  visit: (value: bigint) => void,
): void {
  const present = arena.view(Uint8Array, validity, rowCount);
  const words = arena.view(BigInt64Array, values, rowCount);
  for (let row = 0; row < rowCount; row++) if (present[row] !== 0) visit(words[row] as bigint);
}

function isAfter([a, b]: Keys, [c, d]: Keys): boolean {
  return a > c || (a === c && b > d);
}
