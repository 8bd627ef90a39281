import { concatColumns, sliceColumn, takeColumn, type Column, type Field } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { OrderedRows } from './part-rows.js';
import { createTrimDictionary, isCodedBytes } from './trim-dictionary.js';

/** Rows of several batches, some of one after some of another, that are about to be given together. */
export interface MergedBatch {
  readonly rowCount: number;
  /** Adds the rows of a batch from `start` up to `end`: those after what was added of it before. */
  add(rows: OrderedRows, start: number, end: number): void;
  /** What was added, at least a row; nothing is there any more then. */
  take(): OrderedRows;
}

/**
 * No rows yet. However often they change between batches, what is taken costs a copy of them, or two; byte strings that are codes have only
 * the entries of their rows in their dictionary.
 */
export function createMergedBatch(fields: readonly Field[]): MergedBatch {
  return new RunsOfRanges(fields);
}

/** What was added of a batch, which is without gaps. */
interface Range {
  readonly number: number;
  readonly start: number;
  end: number;
}

class RunsOfRanges implements MergedBatch {
  rowCount = 0;
  private readonly trim = createTrimDictionary();
  private readonly ranges = new Map<OrderedRows, Range>();
  /** Rows of a range that follow each other, as the number of the range and that of the rows. */
  private runs: number[] = [];

  constructor(private readonly fields: readonly Field[]) {}

  add(rows: OrderedRows, start: number, end: number): void {
    const range = this.ranges.get(rows) ?? { number: this.ranges.size, start, end: start };
    assert(range.end === start, 'rows of a batch are added one after another');
    range.end = end;
    this.ranges.set(rows, range);
    this.runs.push(range.number, end - start);
    this.rowCount += end - start;
  }

  take(): OrderedRows {
    const { rowCount } = this;
    const order = this.order();
    const columns = this.fields.map(({ type }, i) => {
      const slices = [...this.ranges].map(([rows, range]) => this.slice(rows.columns[i] as Column, range));
      const whole = concatColumns(type, slices);
      return order === undefined ? whole : takeColumn(whole, order);
    });
    this.ranges.clear();
    this.runs = [];
    this.rowCount = 0;
    return { rowCount, columns };
  }

  /** Which rows of the ranges, one after another, come when; `undefined` where they come like that. */
  private order(): Uint32Array | undefined {
    if (this.runs.length === 2 * this.ranges.size) return undefined;
    let at = 0;
    const next = Uint32Array.from(
      this.ranges.values(),
      ({ start, end }) => (at += end - start) - (end - start),
    );
    const order = new Uint32Array(this.rowCount);
    let row = 0;
    for (let run = 0; run < this.runs.length; run += 2) {
      const range = this.runs[run] as number;
      const first = next[range] as number;
      const count = this.runs[run + 1] as number;
      for (let i = 0; i < count; i++) order[row++] = first + i;
      next[range] = first + count;
    }
    return order;
  }

  /** Whoever takes rows pays for their entries, not for those of all batches they came from. */
  private slice(column: Column, { start, end }: Range): Column {
    const rows = sliceColumn(column, start, end);
    return isCodedBytes(rows) ? this.trim(rows) : rows;
  }
}
