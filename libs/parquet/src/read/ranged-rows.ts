import type { ColumnBuffer } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { RowRange } from './page-plan.js';
import type { CursorRows } from './sticky-cursor.js';

/** Only those of `rows` that stand in `ranges`, one after another. Ranges ascend, are apart, and count from the first row. */
export function rangedRows(rows: CursorRows, ranges: readonly RowRange[]): CursorRows {
  return new RangedRows(rows, ranges);
}

class RangedRows implements CursorRows {
  /** The next row of all of them. */
  private at = 0;
  private range = 0;

  constructor(
    private readonly rows: CursorRows,
    private readonly ranges: readonly RowRange[],
  ) {}

  read(buffer: ColumnBuffer, rowCount: number): Promise<void> | undefined {
    let left = rowCount;
    while (left > 0) {
      const { start, end } = this.next();
      if (start > this.at) {
        const rest = left;
        return this.passTo(start).then(() => this.read(buffer, rest));
      }
      const count = Math.min(left, end - start);
      this.at += count;
      left -= count;
      const rest = left;
      const wait = this.rows.read(buffer, count);
      if (wait !== undefined) return wait.then(() => this.read(buffer, rest));
    }
    return undefined;
  }

  open(): undefined {
    return undefined;
  }

  async skip(rowCount: number): Promise<void> {
    let to = this.at;
    for (let left = rowCount; left > 0; ) {
      const { start, end } = this.next(to);
      const count = Math.min(left, end - start);
      to = start + count;
      left -= count;
    }
    await this.passTo(to);
  }

  close(): void {
    this.rows.close();
  }

  /** What is left of the range that has the first row from `at` on. */
  private next(at = this.at): RowRange {
    for (;;) {
      const range = this.ranges[this.range];
      assert(range !== undefined, 'the column has fewer rows left');
      if (range.end > at) return { start: Math.max(at, range.start), end: range.end };
      this.range++;
    }
  }

  private async passTo(row: number): Promise<void> {
    const count = row - this.at;
    this.at = row;
    if (count > 0) await this.rows.skip(count);
  }
}
