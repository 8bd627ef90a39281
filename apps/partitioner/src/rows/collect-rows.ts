import type { Arena, Schema } from '@ticklake/columnar';
import { dayOfMs, LakeError, parseUtcDay, startOfDayMs, type UtcDay } from '@ticklake/core';
import {
  createMemorySpill,
  createRouter,
  createSpill,
  groupByNumber,
  timesOf,
  type RoutedPartition,
  type Router,
  type Spill,
} from '@ticklake/shuffle';
import { rowInstruments, type InstrumentRule, type Instruments } from './row-instruments.js';
import type { RowSource, SourceIdentity, SourceRows } from './row-source.js';
import { timeFirst, type TimeColumn, type TimeFirst } from './time-column.js';

/** How rows are told apart. */
export interface CollectOptions {
  readonly arena: Arena;
  readonly schema: Schema;
  readonly time: TimeColumn;
  readonly rule: InstrumentRule;
  /** Of every row, whatever its time; each row's own where it is left out. */
  readonly day: UtcDay | undefined;
  /** Where rows wait; `undefined` keeps them in memory. */
  readonly scratchDirectory: string | undefined;
  readonly signal: AbortSignal;
  onRows(source: SourceIdentity, rowsDone: number): void;
}

/** Rows of one day of one instrument. */
export interface CollectedPartition {
  readonly day: UtcDay;
  /** In its canonical form. */
  readonly instrument: string;
  readonly routed: RoutedPartition<string>;
}

/** All rows of some sources of one data type, by partition. Nothing is published yet. */
export interface CollectedRows {
  readonly schema: Schema;
  readonly time: TimeColumn;
  readonly timeFirst: TimeFirst;
  /** In order of path: by day, then by instrument. */
  readonly partitions: readonly CollectedPartition[];
  /** In the order that shares number them in. */
  readonly sources: readonly RowSource[];
  readonly spill: Spill;
  dispose(): Promise<void>;
}

/** Takes the rows of sources, one source after another. */
export interface Collector {
  /**
   * Reads a source and keeps its rows by day and instrument.
   *
   * @returns how many rows it has.
   * @throws LakeError as the source does, and as {@link rowInstruments}; `corrupt`: `NULL_VALUE` for a row without a time, `TIME_RANGE` for
   *   one whose time is of no day with a year of four digits; `cancelled`.
   */
  add(source: RowSource): Promise<number>;
  /** No source comes any more. Call it once. */
  finish(): Promise<CollectedRows>;
  /** Gives up what is held, where it was not finished. Idempotent. */
  dispose(): Promise<void>;
}

/** A collector of rows in bounded memory: they wait in a scratch file. @throws LakeError `unavailable` or `denied` when the disk refuses. */
export async function createCollector(options: CollectOptions): Promise<Collector> {
  const first = timeFirst(options.schema, options.time);
  const { scratchDirectory, schema, rule, arena } = options;
  const instruments = rowInstruments(schema, rule);
  const spill =
    scratchDirectory === undefined ? createMemorySpill() : await createSpill(scratchDirectory, first.fields);
  const router = createRouter<string>(arena, first.fields, spill);
  return new RowCollector({ options, first, router, spill, instruments });
}

interface CollectorParts {
  readonly options: CollectOptions;
  readonly first: TimeFirst;
  readonly router: Router<string>;
  readonly spill: Spill;
  readonly instruments: Instruments;
}

class RowCollector implements Collector {
  private readonly keys = new Map<string, { readonly day: UtcDay; readonly instrument: string }>();
  private readonly sources: RowSource[] = [];

  constructor(private readonly parts: CollectorParts) {}

  async add(source: RowSource): Promise<number> {
    const { signal, onRows } = this.parts.options;
    const number = this.sources.push(source) - 1;
    let rowsDone = 0;
    for await (const rows of source.rows()) {
      if (signal.aborted) throw new LakeError('cancelled', 'cancelled while a source was read');
      await this.route(number, rows);
      rowsDone += rows.rowCount;
      onRows(source.identity, rowsDone);
    }
    return rowsDone;
  }

  async finish(): Promise<CollectedRows> {
    const { options, spill, first, router } = this.parts;
    router.release();
    await spill.seal();
    const { schema, time } = options;
    const { sources } = this;
    const partitions = this.partitions();
    return { schema, time, timeFirst: first, partitions, sources, spill, dispose: () => spill.dispose() };
  }

  async dispose(): Promise<void> {
    this.parts.router.release();
    await this.parts.spill.dispose();
  }

  private partitions(): readonly CollectedPartition[] {
    const all = [...this.parts.router.partitions].map(([key, routed]): CollectedPartition => {
      const { day, instrument } = this.keys.get(key) as { readonly day: UtcDay; readonly instrument: string };
      return { day, instrument, routed };
    });
    return all.sort((a, b) => (a.routed.key < b.routed.key ? -1 : 1));
  }

  private async route(source: number, rows: SourceRows): Promise<void> {
    if (rows.rowCount === 0) return;
    const { options, router, first, instruments: all } = this.parts;
    this.requireTimes(rows);
    const columns = first.put(rows.columns);
    const instruments = all.numbersOf(rows);
    const days = this.daysOf(columns, rows);
    const firstDay = days.reduce((least, day) => Math.min(least, day), Infinity);
    const dayCount = days.reduce((most, day) => Math.max(most, day), -Infinity) - firstDay + 1;
    // Doubles: with many instruments and days the numbers do not fit in 32 bits.
    const numbers = days.map((day, row) => (instruments[row] as number) * dayCount + day - firstDay);
    const groups = groupByNumber(numbers).map((group) => {
      const instrument = all.ids[Math.floor(group.key / dayCount)] as string;
      const day = options.day ?? dayOfMs((firstDay + (group.key % dayCount)) * DAY_MS);
      return { rows: group.rows, key: this.keyOf(day, instrument) };
    });
    await router.add(source, { rowCount: rows.rowCount, columns }, groups);
  }

  private keyOf(day: UtcDay, instrument: string): string {
    const key = `${day} ${instrument}`;
    if (!this.keys.has(key)) this.keys.set(key, { day, instrument });
    return key;
  }

  private daysOf(columns: Parameters<typeof timesOf>[0], { rowCount, placeOf }: SourceRows): Float64Array {
    const { day, time } = this.parts.options;
    const times = timesOf(columns);
    const { unitsOfDay } = time;
    if (unitsOfDay === undefined && day === undefined) {
      throw new LakeError(
        'invalid',
        'a day has to be named, since the type of times does not say their unit',
        {
          code: 'DATE',
          details: { column: time.name },
        },
      );
    }
    const isTime = (one: number) =>
      Number.isSafeInteger(one) && (unitsOfDay === undefined || isDay(Math.floor(one / unitsOfDay)));
    const row = times.findIndex((one) => !isTime(one));
    if (row >= 0) {
      throw new LakeError('corrupt', 'the time of a row is of no day that there is', {
        code: 'TIME_RANGE',
        details: { ...placeOf(row), column: time.name },
      });
    }
    if (day !== undefined) return new Float64Array(rowCount).fill(startOfDayMs(day) / DAY_MS);
    return times.map((one) => Math.floor(one / (unitsOfDay as number)));
  }

  private requireTimes({ columns, placeOf }: SourceRows): void {
    const { index, name } = this.parts.options.time;
    const column = columns[index];
    const row = column?.layout === 'nested' ? -1 : (column?.validity?.indexOf(0) ?? -1);
    if (row < 0) return;
    throw new LakeError('corrupt', 'a row has no time', {
      code: 'NULL_VALUE',
      details: { ...placeOf(row), column: name },
    });
  }
}

const DAY_MS = 86_400_000;
const FIRST_DAY = startOfDayMs(parseUtcDay('0000-01-01')) / DAY_MS;
const LAST_DAY = startOfDayMs(parseUtcDay('9999-12-31')) / DAY_MS;

function isDay(day: number): boolean {
  return day >= FIRST_DAY && day <= LAST_DAY;
}
