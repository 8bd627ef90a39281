import {
  createMultisetHash,
  createOrderedHash,
  type MultisetHash,
  type OrderedHash,
  type RowDigests,
} from '@ticklake/columnar';
import { areInOrder, type PartitionRows } from './only-sources.js';
import type { SpilledRows } from './spill.js';
import type { TimeSpan } from './times.js';

/** Rows of one source in one partition, as they were put to the spill. */
export interface RoutedRows extends SpilledRows, TimeSpan {
  /** Which source, in the order of sources. */
  readonly source: number;
}

/** What one source has of one partition. */
export interface SourceShare {
  readonly source: number;
  readonly rowCount: number;
  /** What its rows add up to, as {@link RoutedPartition.multiset}. */
  readonly multiset: string;
  readonly timeMin: number;
  readonly timeMax: number;
  /** Whether they stand in order of time. */
  readonly isSorted: boolean;
}

/** All rows of one partition, from whichever sources, and where they are spilled. */
export class RoutedPartition<K extends string | number> implements PartitionRows {
  rowCount = 0;
  private readonly rows: RoutedRows[] = [];
  private readonly shares = new Map<number, ShareSum>();
  private readonly sum = createMultisetHash();
  /** Until rows come that do not follow those before. */
  private inOrder: OrderedHash | undefined = createOrderedHash();

  /** No rows yet. */
  constructor(readonly key: K) {}

  /** Takes rows that were spilled after those before. */
  add(rows: RoutedRows, digests: RowDigests): void {
    if (!this.follows(rows)) this.inOrder = undefined;
    this.inOrder?.add(digests);
    this.rows.push(rows);
    this.rowCount += rows.rowCount;
    this.sum.add(digests);
    const share = this.shares.get(rows.source) ?? new ShareSum(rows);
    share.add(rows, digests);
    this.shares.set(rows.source, share);
  }

  /** The multiset hash of all rows (MF-08): 32 lower-case hexadecimal digits. */
  get multiset(): string {
    return this.sum.hex();
  }

  /** The ordered hash of all rows (MF-08), where they were taken in order of time and of sources. */
  get ordered(): string | undefined {
    return this.inOrder?.hex();
  }

  /** In the order of sources. */
  get sources(): readonly SourceShare[] {
    return [...this.shares].sort(([a], [b]) => a - b).map(([source, share]) => share.told(source));
  }

  /** By source, and as they stand in it. */
  get parts(): readonly RoutedRows[] {
    return [...this.rows].sort((a, b) => a.source - b.source || a.offset - b.offset);
  }

  /** Whether the rows stand in order of time when sources are put one after another. */
  get isSorted(): boolean {
    return areInOrder(this.parts);
  }

  /** Whether rows stand in order of time, after all that were taken before. */
  private follows({ source, isSorted, firstTime }: RoutedRows): boolean {
    const before = this.rows.at(-1);
    return isSorted && (before === undefined || (before.source <= source && before.lastTime <= firstTime));
  }
}

class ShareSum {
  private rowCount = 0;
  private readonly hash: MultisetHash = createMultisetHash();
  private timeMin = Infinity;
  private timeMax = -Infinity;
  private isSorted = true;
  private lastTime: number;

  constructor({ firstTime }: RoutedRows) {
    this.lastTime = firstTime;
  }

  add({ rowCount, firstTime, lastTime, timeMin, timeMax, isSorted }: RoutedRows, digests: RowDigests): void {
    this.rowCount += rowCount;
    this.timeMin = Math.min(this.timeMin, timeMin);
    this.timeMax = Math.max(this.timeMax, timeMax);
    this.hash.add(digests);
    this.isSorted &&= isSorted && this.lastTime <= firstTime;
    this.lastTime = lastTime;
  }

  told(source: number): SourceShare {
    const { rowCount, hash, timeMin, timeMax, isSorted } = this;
    return { source, rowCount, multiset: hash.hex(), timeMin, timeMax, isSorted };
  }
}
