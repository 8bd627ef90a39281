import {
  createRowHasher,
  sliceColumn,
  takeColumn,
  type Arena,
  type Field,
  type FixedColumn,
  type RowHasher,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { SourceRows } from '../sources/source-rows.js';
import { RoutedPartition } from './routed-partition.js';
import type { Spill } from './spill.js';

/** Takes the rows of sources, some at a time, to the partitions of their days. */
export interface Router {
  /**
   * Takes rows of one source. Their first column is their time.
   *
   * @param unitsOfDay - How many units of that time a day has.
   * @param isWanted - Rows of other days are passed over.
   */
  add(
    source: number,
    rows: Pick<SourceRows, 'rowCount' | 'columns'>,
    options: { readonly unitsOfDay: number; isWanted(dayNumber: number): boolean },
  ): Promise<void>;
  /** By day. */
  readonly partitions: ReadonlyMap<number, RoutedPartition>;
  release(): void;
}

/** A router to partitions of rows of `fields`, which go to a spill in the meantime. */
export function createRouter(arena: Arena, fields: readonly Field[], spill: Spill): Router {
  return new DayRouter(createRowHasher(arena, { fields }, { exclude: [] }), fields, spill);
}

class DayRouter implements Router {
  readonly partitions = new Map<number, RoutedPartition>();

  constructor(
    private readonly hasher: RowHasher,
    private readonly fields: readonly Field[],
    private readonly spill: Spill,
  ) {}

  async add(
    source: number,
    { rowCount, columns }: Pick<SourceRows, 'rowCount' | 'columns'>,
    { unitsOfDay, isWanted }: { readonly unitsOfDay: number; isWanted(dayNumber: number): boolean },
  ): Promise<void> {
    if (rowCount === 0) return;
    const times = timesOf(columns);
    for (const { dayNumber, rows } of groupByDay(times, unitsOfDay)) {
      if (!isWanted(dayNumber)) continue;
      const part = columns.map((column) => takeFixed(column, rows));
      const partTimes =
        rows instanceof Uint32Array ? takeTimes(times, rows) : times.subarray(rows[0], rows[1]);
      await this.put(source, { dayNumber, columns: part, times: partTimes });
    }
  }

  release(): void {
    this.hasher.release();
  }

  private async put(
    source: number,
    part: {
      readonly dayNumber: number;
      readonly columns: readonly FixedColumn[];
      readonly times: Float64Array;
    },
  ): Promise<void> {
    const { dayNumber, columns, times } = part;
    const rowCount = times.length;
    const partition = this.partitions.get(dayNumber) ?? new RoutedPartition(dayNumber);
    this.partitions.set(dayNumber, partition);
    const spilled = await this.spill.put(rowCount, columns);
    const digests = this.hasher.digestBatch({ schema: { fields: this.fields }, rowCount, columns });
    partition.add({ ...spilled, source, ...spanOf(times) }, digests);
  }
}

/** Rows of one day: a range of them, or one by one. */
interface DayRows {
  readonly dayNumber: number;
  readonly rows: readonly [start: number, end: number] | Uint32Array;
}

/** The rows of each day in their order; ranges where days follow each other, as they do in all but shuffled sources. */
function groupByDay(times: Float64Array, unitsOfDay: number): readonly DayRows[] {
  const ranges: (DayRows & { readonly rows: readonly [number, number] })[] = [];
  const days = new Set<number>();
  let start = 0;
  let dayNumber = Math.floor((times[0] as number) / unitsOfDay);
  let dayEnd = (dayNumber + 1) * unitsOfDay;
  for (let row = 1; row <= times.length; row++) {
    const time = times[row];
    if (time !== undefined && time < dayEnd && time >= dayEnd - unitsOfDay) continue;
    ranges.push({ dayNumber, rows: [start, row] });
    days.add(dayNumber);
    if (time === undefined) break;
    start = row;
    dayNumber = Math.floor(time / unitsOfDay);
    dayEnd = (dayNumber + 1) * unitsOfDay;
  }
  if (ranges.length === days.size) return ranges;
  const byDay = new Map<number, number[]>();
  for (const { dayNumber: day, rows } of ranges) {
    const own = byDay.get(day) ?? [];
    for (let row = rows[0]; row < rows[1]; row++) own.push(row);
    byDay.set(day, own);
  }
  return [...byDay].map(([day, rows]) => ({ dayNumber: day, rows: Uint32Array.from(rows) }));
}

function takeFixed(column: FixedColumn, rows: DayRows['rows']): FixedColumn {
  const taken =
    rows instanceof Uint32Array ? takeColumn(column, rows) : sliceColumn(column, rows[0], rows[1]);
  assert(taken.layout === 'fixed', 'rows of a fixed column are one');
  return taken;
}

function takeTimes(times: Float64Array, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => times[row] as number);
}

/** The first column as doubles, which hold every time in milliseconds and microseconds exactly. */
export function timesOf([column]: readonly FixedColumn[]): Float64Array {
  const values = column?.values;
  assert(values instanceof BigInt64Array, 'the first column is the time');
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const times = new Float64Array(values.length);
  for (let row = 0; row < times.length; row++) {
    times[row] = (words[2 * row + 1] as number) * 2 ** 32 + ((words[2 * row] as number) >>> 0);
  }
  return times;
}

function spanOf(times: Float64Array) {
  let timeMin = times[0] as number;
  let timeMax = timeMin;
  let isSorted = true;
  let last = timeMin;
  for (const time of times) {
    if (time < last) isSorted = false;
    if (time < timeMin) timeMin = time;
    if (time > timeMax) timeMax = time;
    last = time;
  }
  return { firstTime: times[0] as number, lastTime: last, timeMin, timeMax, isSorted };
}
