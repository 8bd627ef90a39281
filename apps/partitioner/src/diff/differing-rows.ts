import { isDeepStrictEqual } from 'node:util';
import {
  columnOf,
  createRowHasher,
  decodeDictionary,
  DIGEST_BYTES,
  rowObjects,
  sliceBatch,
  valueAt,
  type Arena,
  type Column,
  type FixedColumn,
  type RecordBatch,
  type RowHasher,
  type Schema,
} from '@ticklake/columnar';
import { assert, compareBytes, LakeError } from '@ticklake/core';

/** A row that one of two lakes has, or has more often than the other. */
export interface DifferingRow {
  readonly side: 'a' | 'b';
  /** By column, as JSON holds it: 64-bit integers and times as decimal text, dates as `YYYY-MM-DD`. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** Rows in order of a column. */
export interface RowsInOrder {
  readonly schema: Schema;
  /** A date, a time or an integer, never null. */
  readonly orderBy: string;
  batches(): AsyncGenerator<RecordBatch>;
}

/**
 * The rows that are in one of two and not in the other, or more often, in order of time. Two rows are the same where all of their values are,
 * and their digests, which tell -0 from 0 and one NaN from another. Rows of other columns are others. Held are a batch of each, and, of one
 * time, rows that have had no counterpart yet.
 *
 * @param options - `heldRowsMax` is how many of the latter there may be; `isComparable` whether both have the same columns, in the same order.
 * @throws LakeError `invalid` (`LIMIT`) for more rows of one time than may be held; as the batches do.
 */
export async function* differingRows(
  a: RowsInOrder,
  b: RowsInOrder,
  {
    arena,
    heldRowsMax,
    isComparable,
  }: { readonly arena: Arena; readonly heldRowsMax: number; readonly isComparable: boolean },
): AsyncGenerator<DifferingRow> {
  const [left, right] = [new RowCursor('a', a, arena), new RowCursor('b', b, arena)];
  const held = new HeldRows(heldRowsMax);
  try {
    await left.fill();
    await right.fill();
    while (!left.isDone || !right.isDone) {
      const order = compareHeads(left, right);
      if (held.isBefore(order <= 0 ? left : right)) yield* held.takeAll();
      if (order === 0 && isComparable && left.isAtSameRow(right)) {
        left.row++;
        right.row++;
      } else {
        for (const cursor of [...(order <= 0 ? [left] : []), ...(order >= 0 ? [right] : [])]) {
          const row = held.cancel(cursor);
          // Nothing that comes later on the other side is of its time.
          if (row !== undefined && order !== 0) yield row;
          else if (row !== undefined) held.add(cursor, row);
          cursor.row++;
        }
      }
      if (left.isSpent) await left.fill();
      if (right.isSpent) await right.fill();
    }
    yield* held.takeAll();
  } finally {
    await left.close();
    await right.close();
  }
}

type Time = number | bigint;

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b) === 0;
  return Object.is(a, b) || (typeof a === 'object' && isDeepStrictEqual(a, b));
}

/** Negative where the next row of `a` is earlier, or `b` has none. */
function compareHeads(a: RowCursor, b: RowCursor): number {
  if (a.isDone || b.isDone) return a.isDone ? 1 : -1;
  return a.time < b.time ? -1 : Number(a.time > b.time);
}

/** The rows of one side that are at hand. */
class RowCursor {
  row = 0;
  isDone = false;
  private batch: RecordBatch | undefined;
  private columns: readonly Column[] = [];
  private times: FixedColumn['values'] = new Float64Array(0);
  private digests = Buffer.alloc(0);
  private readonly hasher: RowHasher;
  private readonly iterator: AsyncGenerator<RecordBatch>;

  constructor(
    readonly side: DifferingRow['side'],
    private readonly rows: RowsInOrder,
    private readonly arena: Arena,
  ) {
    this.hasher = createRowHasher(arena, rows.schema, { exclude: [] });
    this.iterator = rows.batches();
  }

  get time(): Time {
    return this.times[this.row] as Time;
  }

  get isSpent(): boolean {
    return this.row === (this.batch?.rowCount ?? 0);
  }

  /** The digest of the next row, as a text. */
  get key(): string {
    return this.digests.toString('latin1', this.row * DIGEST_BYTES, (this.row + 1) * DIGEST_BYTES);
  }

  async fill(): Promise<void> {
    while (this.isSpent && !this.isDone) {
      const { value, done } = await this.iterator.next();
      if (done === true) this.isDone = true;
      else this.take(value);
    }
  }

  object(): DifferingRow {
    assert(this.batch !== undefined, 'a row is at hand');
    const [row] = rowObjects(sliceBatch(this.batch, this.row, this.row + 1));
    return { side: this.side, row: row ?? {} };
  }

  /** Whether the next row of another cursor, of the same columns in the same order, is the same. */
  isAtSameRow(other: RowCursor): boolean {
    const [start, otherStart] = [this.row * DIGEST_BYTES, other.row * DIGEST_BYTES];
    const { digests } = other;
    if (
      digests.compare(this.digests, start, start + DIGEST_BYTES, otherStart, otherStart + DIGEST_BYTES) !== 0
    )
      return false;
    return this.columns.every((column, i) => {
      const [own, theirs] = [valueAt(column, this.row), valueAt(other.columns[i] as Column, other.row)];
      return isSame(own, theirs);
    });
  }

  async close(): Promise<void> {
    this.hasher.release();
    await this.iterator.return(undefined);
  }

  private take(batch: RecordBatch): void {
    this.batch = batch;
    this.columns = batch.columns;
    this.row = 0;
    const time = columnOf(batch, this.rows.orderBy);
    const plain = time.layout === 'dictionary' ? decodeDictionary(time) : time;
    assert(plain.layout === 'fixed', 'times have a fixed width');
    this.times = plain.values;
    const { address, rowCount } = this.hasher.digestBatch(batch);
    this.digests = Buffer.from(this.arena.view(Uint8Array, address, rowCount * DIGEST_BYTES));
  }
}

/** Rows of one time that have no counterpart yet. */
class HeldRows {
  private readonly byKey = new Map<string, DifferingRow[]>();
  private count = 0;
  private time: Time = 0;

  constructor(private readonly rowsMax: number) {}

  /** Whether there are some, of an earlier time than the next row of a cursor. */
  isBefore({ time }: RowCursor): boolean {
    return this.count > 0 && this.time < time;
  }

  /** The next row of a cursor, unless it is one that the other side has more often so far: that one is not held any more then. */
  cancel(cursor: RowCursor): DifferingRow | undefined {
    const row = cursor.object();
    const same = this.byKey.get(cursor.key);
    const i = same?.findIndex((one) => one.side !== row.side && isDeepStrictEqual(one.row, row.row)) ?? -1;
    if (i < 0) return row;
    same?.splice(i, 1);
    this.count--;
    return undefined;
  }

  add({ key, time }: RowCursor, row: DifferingRow): void {
    if (++this.count > this.rowsMax) {
      throw new LakeError('invalid', 'too many rows of one time differ to be held', {
        code: 'LIMIT',
        details: { time: String(time), rowsMax: this.rowsMax },
      });
    }
    this.time = time;
    const same = this.byKey.get(key);
    if (same === undefined) this.byKey.set(key, [row]);
    else same.push(row);
  }

  *takeAll(): Generator<DifferingRow> {
    const rows = [...this.byKey.values()].flat();
    this.byKey.clear();
    this.count = 0;
    yield* rows;
  }
}
