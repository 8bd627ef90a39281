import { columnLength, type Column, type Field } from '@ticklake/columnar';

/**
 * Sees the order columns of a file batch by batch and says where rows first go backwards, where an order column is
 * null, and what the first order column spans.
 */
export interface RowOrder {
  /** The order columns of the next rows, first to last. */
  add(columns: readonly Column[]): void;
  /** The first row that sorts before the one above it. */
  readonly disorderRow: number | undefined;
  /** The first row with a null in an order column; such a row is not compared with its neighbours. */
  readonly nullRow: number | undefined;
  /** Of the first order column's rows that are not null; `undefined` without any. */
  readonly span: { readonly min: bigint; readonly max: bigint } | undefined;
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

/** Judges rows handed over in file order; rows are compared across batches too. */
export function createRowOrder(): RowOrder {
  let rowsSeen = 0;
  let last: readonly bigint[] = [];
  let disorderRow: number | undefined;
  let nullRow: number | undefined;
  let span: { min: bigint; max: bigint } | undefined;
  const widen = (min: bigint, max: bigint) => {
    if (span === undefined) span = { min, max };
    else span = { min: min < span.min ? min : span.min, max: max > span.max ? max : span.max };
  };
  return {
    add(columns) {
      const rowCount = columnLength(columns[0] as Column);
      if (rowCount === 0) return;
      const nullAt = firstNull(columns);
      if (nullAt !== undefined) nullRow ??= rowsSeen + nullAt;
      const keys = columns.map(wholeNumbers);
      const ordered = nullAt === undefined && keys.every((key) => key.length === rowCount);
      const at = ordered ? firstDisorder(keys, last) : undefined;
      if (at !== undefined) disorderRow ??= rowsSeen + at;
      const [first] = keys as [BigInt64Array];
      // In order, the ends are the extremes of every row between them: no need to look again.
      if (ordered && at === undefined) widen(first[0] as bigint, first[rowCount - 1] as bigint);
      else eachPresent(columns[0] as Column, first, (value) => widen(value, value));
      last = nullRow === undefined ? keys.map((key) => key[rowCount - 1] as bigint) : [];
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
  };
}

/** The values of an order column as int64, without a copy where they are that already. */
function wholeNumbers(column: Column): BigInt64Array {
  if (column.layout !== 'fixed') return new BigInt64Array(0);
  if (column.values instanceof BigInt64Array) return column.values;
  return BigInt64Array.from(column.values as ArrayLike<number>, (value) => BigInt(value));
}

/** The 32-bit words of int64 values, low word first: comparing words makes no bigint per row. */
export function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

function firstDisorder(keys: readonly BigInt64Array[], last: readonly bigint[]): number | undefined {
  const rowCount = (keys[0] as BigInt64Array).length;
  if (
    last.length === keys.length &&
    descends(
      last,
      keys.map((key) => key[0] as bigint),
    )
  )
    return 0;
  const words = keys.map(wordsOf);
  const first = words[0] as Int32Array;
  for (let row = 1; row < rowCount; row++) {
    const step = compareWords(first, row);
    if (step < 0 || (step === 0 && tieDescends(words, row))) return row;
  }
  return undefined;
}

/** The rows tie on the first column: the next column that differs decides. */
function tieDescends(words: readonly Int32Array[], row: number): boolean {
  for (let key = 1; key < words.length; key++) {
    const step = compareWords(words[key] as Int32Array, row);
    if (step !== 0) return step < 0;
  }
  return false;
}

/** Positive when `row` is greater than the row above it. */
function compareWords(words: Int32Array, row: number): number {
  const high = (words[2 * row + 1] as number) - (words[2 * row - 1] as number);
  if (high !== 0) return high;
  return ((words[2 * row] as number) >>> 0) - ((words[2 * row - 2] as number) >>> 0);
}

function descends(above: readonly bigint[], below: readonly bigint[]): boolean {
  for (let key = 0; key < above.length; key++) {
    if (above[key] !== below[key]) return (below[key] as bigint) < (above[key] as bigint);
  }
  return false;
}

function firstNull(columns: readonly Column[]): number | undefined {
  let first: number | undefined;
  for (const column of columns) {
    const at = column.layout === 'nested' ? -1 : (column.validity?.indexOf(0) ?? -1);
    if (at >= 0 && (first === undefined || at < first)) first = at;
  }
  return first;
}

function eachPresent(column: Column, values: BigInt64Array, visit: (value: bigint) => void): void {
  const validity = column.layout === 'fixed' ? column.validity : undefined;
  for (let row = 0; row < values.length; row++) {
    if (validity === undefined || validity[row] !== 0) visit(values[row] as bigint);
  }
}
