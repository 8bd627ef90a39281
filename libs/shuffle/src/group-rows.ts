import { assert } from '@ticklake/core';

/** Rows of one key: a range of them, or one by one, ascending. */
export interface KeyedRows<K> {
  readonly key: K;
  readonly rows: readonly [start: number, end: number] | Uint32Array;
}

/**
 * The rows of each day, by days after 1970-01-01: a range where the rows of a day follow each other, as they do in all but shuffled
 * sources. Days are in the order of their first rows.
 *
 * @param times - Whole numbers between -2^53 and 2^53.
 * @param unitsOfDay - How many units of them a day has.
 */
export function groupByDay(times: Float64Array, unitsOfDay: number): readonly KeyedRows<number>[] {
  const keys: number[] = [];
  const ends: number[] = [];
  let dayStart = NaN;
  for (let row = 0; row < times.length; row++) {
    const time = times[row] as number;
    if (time >= dayStart && time - dayStart < unitsOfDay) continue;
    if (row > 0) ends.push(row);
    // Exact: no quotient of such numbers is rounded up to a whole number that it is not.
    const dayNumber = Math.floor(time / unitsOfDay);
    keys.push(dayNumber);
    dayStart = dayNumber * unitsOfDay;
  }
  ends.push(times.length);
  return groupRuns({ keys, ends });
}

/**
 * The rows of each number, given one for each row, such as the code of an instrument: a range where the rows of a number follow each
 * other. Numbers are in the order of their first rows.
 */
export function groupByNumber(numbers: ArrayLike<number>): readonly KeyedRows<number>[] {
  const keys: number[] = [];
  const ends: number[] = [];
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row] as number;
    if (row > 0 && number === keys[keys.length - 1]) continue;
    if (row > 0) ends.push(row);
    keys.push(number);
  }
  ends.push(numbers.length);
  return groupRuns({ keys, ends });
}

/** Rows one after another: run `i` is of `keys[i]` and ends before row `ends[i]`. */
interface Runs {
  readonly keys: readonly number[];
  readonly ends: readonly number[];
}

interface Group {
  /** Of its first run. */
  readonly start: number;
  rowCount: number;
  runCount: number;
  /** Where its next row goes; `undefined` while it has one run. */
  rows: Uint32Array | undefined;
  filled: number;
}

function groupRuns({ keys, ends }: Runs): readonly KeyedRows<number>[] {
  const groups = new Map<number, Group>();
  forEachRun({ keys, ends }, (key, start, end) => {
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { start, rowCount: end - start, runCount: 1, rows: undefined, filled: 0 });
    } else {
      group.rowCount += end - start;
      group.runCount++;
    }
  });
  if (groups.size < keys.length) fillRows({ keys, ends }, groups);
  return [...groups].map(([key, { start, rowCount, rows }]) => ({
    key,
    rows: rows ?? [start, start + rowCount],
  }));
}

/** Names the rows of groups that have several runs. */
function fillRows(runs: Runs, groups: ReadonlyMap<number, Group>): void {
  forEachRun(runs, (key, start, end) => {
    const group = groups.get(key);
    assert(group !== undefined, 'every run is of a group');
    if (group.runCount === 1) return;
    group.rows ??= new Uint32Array(group.rowCount);
    for (let row = start; row < end; row++) group.rows[group.filled++] = row;
  });
}

function forEachRun({ keys, ends }: Runs, take: (key: number, start: number, end: number) => void): void {
  let start = 0;
  for (let run = 0; run < keys.length; run++) {
    const end = ends[run] as number;
    take(keys[run] as number, start, end);
    start = end;
  }
}
