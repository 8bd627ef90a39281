import type { Column } from '@ticklake/columnar';
import { assert } from '@ticklake/core';

/** From when to when some rows are, and how they stand. */
export interface TimeSpan {
  readonly firstTime: number;
  readonly lastTime: number;
  readonly timeMin: number;
  readonly timeMax: number;
  /** Whether they stand in order of time. */
  readonly isSorted: boolean;
}

/**
 * The first of `columns`, int64 or a timestamp that is not a dictionary, as doubles: exact between -2^53 and 2^53, and the nearest
 * double beyond. That is every time in milliseconds and microseconds that has a date.
 *
 * @param room - Where they may be put, if they fit; what was put there before is gone then.
 */
export function timesOf([column]: readonly Column[], room: Float64Array = new Float64Array(0)): Float64Array {
  const words = wordsOf(column);
  const rowCount = words.length >> 1;
  const times = room.length < rowCount ? new Float64Array(rowCount) : room.subarray(0, rowCount);
  for (let row = 0; row < times.length; row++) times[row] = timeAt(words, row);
  return times;
}

/**
 * The span of rows, at least one, by the first of their columns. Internal: what it asserts is what makes doubles of times exact.
 */
export function spanOf([column]: readonly Column[]): TimeSpan {
  const words = wordsOf(column);
  assert(column?.layout === 'fixed' && column.validity?.includes(0) !== true, 'every row has a time');
  assert(words.length > 0, 'a span is of rows');
  const [firstTime, lastTime] = [timeAt(words, 0), timeAt(words, words.length / 2 - 1)];
  const isSorted = ascend(words);
  const [timeMin, timeMax] = isSorted ? [firstTime, lastTime] : extremesOf(words);
  // One that was rounded is no safe integer either.
  const isExact = Number.isSafeInteger(timeMin) && Number.isSafeInteger(timeMax);
  assert(isExact, 'times are between -2^53 and 2^53');
  return { firstTime, lastTime, timeMin, timeMax, isSorted };
}

/** Whether no time is below the one before: by their halves, as doubles take three times as long. */
function ascend(words: Int32Array): boolean {
  let lastLow = 0;
  let lastHigh = -(2 ** 31);
  for (let i = 0; i < words.length; i += 2) {
    const low = (words[i] as number) >>> 0;
    const high = words[i + 1] as number;
    if (high < lastHigh || (high === lastHigh && low < lastLow)) return false;
    lastLow = low;
    lastHigh = high;
  }
  return true;
}

function extremesOf(words: Int32Array): readonly [least: number, most: number] {
  let least = Infinity;
  let most = -Infinity;
  for (let row = 0; row < words.length >> 1; row++) {
    const time = timeAt(words, row);
    if (time < least) least = time;
    if (time > most) most = time;
  }
  return [least, most];
}

/** Low and high halves in turn. */
function wordsOf(column: Column | undefined): Int32Array {
  const values = column?.layout === 'fixed' ? column.values : undefined;
  assert(values instanceof BigInt64Array, 'the first column is the time');
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

function timeAt(words: Int32Array, row: number): number {
  return (words[2 * row + 1] as number) * 2 ** 32 + ((words[2 * row] as number) >>> 0);
}
