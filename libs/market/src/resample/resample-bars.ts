import {
  columnOf,
  decodeDictionary,
  type FixedColumn,
  type RecordBatch,
  type TimeUnit,
} from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import { timeframeMs } from '../timeframe.js';

/** A bar of a longer timeframe. */
export interface ResampledBar {
  readonly timeframe: string;
  /** When it opens, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** The sum of doubles in order of time. */
  readonly volume: number;
  /** How many bars it was made of. */
  readonly bars: number;
  /** Whether these are all that its time has room for. */
  readonly isComplete: boolean;
}

/** Which timeframes, as `1m` and `4h`. */
export interface ResampleOptions {
  readonly from: string;
  /** Each longer than `from`, a multiple of it, and one that goes into a day evenly. */
  readonly to: readonly string[];
}

const DAY_MS = 86_400_000;

/**
 * Bars of several longer timeframes from bars of a shorter one, in one pass and in the memory of a bar each (UC-41, AP-21). A bar is named by the
 * time it opens and has what opens from then on, up to and without its end (label left, closed left), counted from midnight UTC. Its open
 * is the first there is, its close the last, its high and low those of all. Where bars are missing it is made of those that are there, and
 * says so; where all are, there is none.
 *
 * @param batches - With the columns `timestamp`, `open`, `high`, `low`, `close` and `volume`, in order of time. Times are in the unit that their
 *   type says, and in milliseconds where it is a plain integer.
 * @returns bars in the order in which they end; those that end together in the order of `to`.
 * @throws LakeError `invalid`: (`TIMEFRAME`) for a timeframe that cannot be made; (`UNSORTED`) for a bar that is not later than the one
 *   before, which would be counted twice or too late; (`GRID`) for one that opens on no whole `from`; (`NULL_VALUE`) for
 *   one of which something is missing.
 */
export async function* resampleBars(
  batches: AsyncIterable<RecordBatch>,
  { from, to }: ResampleOptions,
): AsyncGenerator<ResampledBar> {
  requireTimeframes({ from, to });
  const fromMs = timeframeMs(from);
  const open = to.map((timeframe) => new OpenBar(timeframe, timeframeMs(timeframe), fromMs));
  let last = -Infinity;
  for await (const batch of batches) {
    const times = timesMs(batch);
    const [opens, highs, lows, closes, volumes] = COLUMNS.map((name) => valuesOf(batch, name)) as Values;
    for (let row = 0; row < batch.rowCount; row++) {
      const time = times(row);
      requireNext(time, last, fromMs);
      last = time;
      const ended = open.filter((bar) => bar.isEndedBy(time)).sort((a, b) => a.endMs - b.endMs);
      for (const bar of ended) yield bar.take();
      const prices = { open: Number(opens[row]), high: Number(highs[row]), low: Number(lows[row]) };
      const rest = { close: Number(closes[row]), volume: Number(volumes[row]) };
      for (const bar of open) bar.add(time, { ...prices, ...rest });
    }
  }
  for (const bar of open.filter(({ bars }) => bars > 0).sort((a, b) => a.endMs - b.endMs)) yield bar.take();
}

/**
 * Each of `to` is longer than `from`, a multiple of it, and goes into a day evenly, so that no bar begins on one day and ends on another. A week
 * does not.
 *
 * @throws LakeError `invalid` (`TIMEFRAME`) for one that is not, or is no timeframe.
 */
export function requireTimeframes({ from, to }: ResampleOptions): void {
  const fromMs = timeframeMs(from);
  for (const timeframe of to) {
    const stepMs = timeframeMs(timeframe);
    if (stepMs > fromMs && stepMs % fromMs === 0 && DAY_MS % stepMs === 0) continue;
    throw new LakeError(
      'invalid',
      'bars of a timeframe cannot be made: it is no multiple, or goes into no day evenly',
      { code: 'TIMEFRAME', details: { from, to: timeframe } },
    );
  }
}

const TIME = 'timestamp';
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

type Column = FixedColumn['values'];
type Values = [Column, Column, Column, Column, Column];

interface Prices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A bar that is still being made. */
class OpenBar {
  bars = 0;
  private startMs = 0;
  private prices: Prices = { open: 0, high: 0, low: 0, close: 0, volume: 0 };

  constructor(
    private readonly timeframe: string,
    private readonly stepMs: number,
    private readonly fromMs: number,
  ) {}

  get endMs(): number {
    return this.startMs + this.stepMs;
  }

  isEndedBy(time: number): boolean {
    return this.bars > 0 && time >= this.endMs;
  }

  add(time: number, next: Prices): void {
    const { prices } = this;
    if (this.bars === 0) {
      this.startMs = Math.floor(time / this.stepMs) * this.stepMs;
      this.prices = next;
    } else {
      this.prices = {
        open: prices.open,
        high: Math.max(prices.high, next.high),
        low: Math.min(prices.low, next.low),
        close: next.close,
        volume: prices.volume + next.volume,
      };
    }
    this.bars++;
  }

  take(): ResampledBar {
    const { timeframe, startMs: timestamp, prices, bars, stepMs, fromMs } = this;
    this.bars = 0;
    return { timeframe, timestamp, ...prices, bars, isComplete: bars * fromMs === stepMs };
  }
}

function requireNext(time: number, last: number, fromMs: number): void {
  if (time <= last) {
    throw new LakeError('invalid', 'a bar is not later than the one before', {
      code: 'UNSORTED',
      details: { time, last },
    });
  }
  if (time % fromMs !== 0) throw offGrid(time);
}

function offGrid(time: number | string): LakeError {
  return new LakeError('invalid', 'a bar does not open on a whole timeframe', {
    code: 'GRID',
    details: { time },
  });
}

/** How many of a unit a millisecond has. */
const PER_MS: Readonly<Record<TimeUnit, bigint>> = { ms: 1n, us: 1000n, ns: 1_000_000n };

/** When the bar of a row opens, in milliseconds since 1970. */
function timesMs(batch: RecordBatch): (row: number) => number {
  const values = valuesOf(batch, TIME);
  const type = batch.schema.fields.find(({ name }) => name === TIME)?.type;
  const perMs = type?.kind === 'timestamp' ? PER_MS[type.unit] : 1n;
  if (perMs === 1n) return (row) => Number(values[row]);
  return (row) => {
    const time = BigInt(values[row] ?? 0);
    // Nanoseconds of our time are more than a double can tell apart.
    if (time % perMs !== 0n) throw offGrid(String(time));
    return Number(time / perMs);
  };
}

function valuesOf(batch: RecordBatch, name: string): Column {
  const column = columnOf(batch, name);
  const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  assert(plain.layout === 'fixed', 'prices and times have a fixed width');
  if (plain.validity?.includes(0) === true) {
    throw new LakeError('invalid', 'something of a bar is missing', {
      code: 'NULL_VALUE',
      details: { column: name },
    });
  }
  return plain.values;
}
