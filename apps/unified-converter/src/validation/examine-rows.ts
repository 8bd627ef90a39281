import type { UnifiedName } from '@ticklake/market';
import type { PartitionReport } from './report.js';
import type { Tally } from './tally.js';

/** Rows of a partition in their order: times as numbers, values by column. */
export interface ExaminedRows {
  readonly times: Float64Array;
  readonly values: Readonly<Record<string, ArrayLike<number | bigint>>>;
}

/** What is expected of the times of a partition. */
export interface ExaminedDay {
  /** In the unit of the times. */
  readonly start: number;
  readonly end: number;
  /** How far apart bars are; `undefined` for what has no timeframe. */
  readonly step: number | undefined;
  /** Later times are of the future. */
  readonly now: number;
}

/** Looks at all rows of a partition, some at a time. */
export interface RowExaminer {
  add(rows: ExaminedRows): void;
  /** Once all rows were added. */
  finish(): Pick<PartitionReport, 'gaps' | 'statistics'>;
}

/** So many ranges of a partition are named, the longest. */
const RANGES_MAX = 100;

/** The checks that a dataset's rows go through. */
export function createExaminer(dataset: UnifiedName, day: ExaminedDay, tally: Tally): RowExaminer {
  const times = new TimeExaminer(day, tally);
  const values = { klines: barsExaminer, aggtrades: tradesExaminer, futures: fundingsExaminer }[dataset](
    tally,
  );
  return {
    add(rows) {
      times.add(rows.times);
      values.add(rows);
    },
    finish() {
      const { statistics } = values.finish();
      return { ...times.finish(), statistics };
    },
  };
}

/** A range of bars. */
export type BarRange = NonNullable<PartitionReport['gaps']>[number];

/** The longest of them, in order of time. */
export function longestRanges(ranges: readonly BarRange[]): BarRange[] {
  const longest = [...ranges].sort((a, b) => b.bars - a.bars).slice(0, RANGES_MAX);
  return longest.sort((a, b) => Number(a.from) - Number(b.from));
}

/** Order, place, grid, gaps and repeats. */
class TimeExaminer {
  /** Of the row before; no number before the first. */
  private last = NaN;
  private readonly gaps: BarRange[] = [];
  private next: number;

  constructor(
    private readonly day: ExaminedDay,
    private readonly tally: Tally,
  ) {
    this.next = day.start;
  }

  add(times: Float64Array): void {
    const { tally } = this;
    const { start, end, now, step } = this.day;
    // What outlives a row is a number on the heap, made anew for each.
    let { last } = this;
    // Before the loop, see BLOCK_ROWS.
    this.last = times.at(-1) ?? last;
    for (let row = 0; row < times.length; row++) {
      const time = times[row] as number;
      if (time < start || time >= end)
        tally.add('partition', 'error', 'a row is not of the days of its partition', time);
      if (time < last) tally.add('order', 'error', 'a row is earlier than the one above it', time);
      if (time > now) tally.add('future', 'warning', 'a row is later than now', time);
      if (step !== undefined) this.place(time, last, step);
      last = time;
    }
  }

  finish(): Pick<PartitionReport, 'gaps'> {
    const { step, end } = this.day;
    if (step === undefined) return {};
    this.miss(end, step);
    return { gaps: longestRanges(this.gaps) };
  }

  /** A bar that comes after that of `last`. */
  private place(time: number, last: number, step: number): void {
    const { day, tally } = this;
    if (time === last) tally.add('duplicates', 'warning', 'two bars have one time', time);
    this.miss(time, step);
    // A bar between two that should be there is neither of them.
    const isOnGrid = (time - day.start) % step === 0;
    if (isOnGrid) this.next = Math.max(this.next, time + step);
    else tally.add('grid', 'warning', 'a bar does not open on a whole timeframe', time);
  }

  /** Bars that should have come before `time`. */
  private miss(time: number, step: number): void {
    const bars = Math.floor((time - this.next) / step);
    if (bars <= 0) return;
    this.gaps.push({ from: String(this.next), to: String(this.next + (bars - 1) * step), bars });
    this.tally.add('gaps', 'warning', 'bars are missing in the day', this.next);
  }
}

/** One value at a time of each column; `undefined` where there is no such row. */
interface ValueExaminer {
  add(rows: ExaminedRows): void;
  finish(): Pick<PartitionReport, 'statistics'>;
}

function barsExaminer(tally: Tally): ValueExaminer {
  let open: number | undefined;
  let [close, high, low, volume] = [0, -Infinity, Infinity, 0];
  return {
    add({ times, values }) {
      const column = (name: string) => values[name] as ArrayLike<number>;
      const [opens, highs, lows] = [column('open'), column('high'), column('low')];
      const [closes, volumes] = [column('close'), column('volume')];
      times.forEach((time, row) => {
        const [first, last] = [opens[row] as number, closes[row] as number];
        const [most, least, size] = [highs[row] as number, lows[row] as number, volumes[row] as number];
        const isSane =
          least > 0 && least <= Math.min(first, last) && most >= Math.max(first, last) && size >= 0;
        if (!isSane) tally.add('ohlc', 'warning', 'a bar has prices or a volume that cannot be', time);
        open ??= first;
        close = last;
        high = Math.max(high, most);
        low = Math.min(low, least);
        volume += size;
      });
    },
    finish: () => ({ statistics: { open: open ?? 0, high, low, close, volume } }),
  };
}

/**
 * Rows that are looked at by one call: V8 compiles a function that is called often with all of it seen, but a long loop while it runs for the
 * first time, when it has not seen what stands behind it: that code is left there again with every call.
 */
const BLOCK_ROWS = 2048;

function tradesExaminer(tally: Tally): ValueExaminer {
  const ids = new TradeIds(tally);
  const sums = { priceMin: Infinity, priceMax: -Infinity, quantity: 0, makers: 0 };
  return {
    add({ times, values }) {
      ids.add(values['trade_id'] as BigInt64Array, times);
      const trades = {
        prices: values['trade_price'] as ArrayLike<number>,
        quantities: values['trade_quantity'] as ArrayLike<number>,
        isMaker: values['trade_is_buyer_maker'] as ArrayLike<number>,
      };
      const rowCount = times.length;
      for (let start = 0; start < rowCount; start += BLOCK_ROWS) {
        const end = Math.min(rowCount, start + BLOCK_ROWS);
        const odd = addTrades(sums, trades, { start, end });
        for (const row of odd)
          tally.add('values', 'warning', 'a trade has no price or no quantity', times[row]);
      }
    },
    finish: () => ({
      statistics: {
        ...{ price_min: sums.priceMin, price_max: sums.priceMax },
        ...{ quantity: sums.quantity, buyer_maker_trades: sums.makers },
        missing_trade_ids: String(ids.missing),
      },
    }),
  };
}

/** Adds some rows up; those that have no price or no quantity. */
function addTrades(
  sums: { priceMin: number; priceMax: number; quantity: number; makers: number },
  { prices, quantities, isMaker }: Readonly<Record<'prices' | 'quantities' | 'isMaker', ArrayLike<number>>>,
  { start, end }: { readonly start: number; readonly end: number },
): readonly number[] {
  const odd: number[] = [];
  let { priceMin, priceMax, quantity, makers } = sums;
  for (let row = start; row < end; row++) {
    const price = prices[row] as number;
    const size = quantities[row] as number;
    if (price <= 0 || size <= 0) odd.push(row);
    if (price < priceMin) priceMin = price;
    if (price > priceMax) priceMax = price;
    quantity += size;
    makers += isMaker[row] as number;
  }
  Object.assign(sums, { priceMin, priceMax, quantity, makers });
  return odd;
}

/** Whether ids of trades rise by one. */
class TradeIds {
  missing = 0n;
  private last: bigint | undefined;

  constructor(private readonly tally: Tally) {}

  add(ids: BigInt64Array, times: Float64Array): void {
    const words = new Int32Array(ids.buffer, ids.byteOffset, ids.length * 2);
    const { last } = this;
    // Before the loop, see BLOCK_ROWS.
    this.last = ids.at(-1) ?? last;
    for (let row = 0; row < ids.length; row++) {
      // Most are the one above and one. That is seen without a bigint for every row, where the lower halves do not wrap.
      const low = words[2 * row] as number;
      const isNext =
        row > 0 &&
        low === (words[2 * row - 2] as number) + 1 &&
        low !== 0 &&
        words[2 * row + 1] === words[2 * row - 1];
      if (!isNext) this.compare(ids[row] as bigint, row === 0 ? last : ids[row - 1], times[row]);
    }
  }

  private compare(id: bigint, last: bigint | undefined, time: number | undefined): void {
    const { tally } = this;
    if (last === undefined || id === last + 1n) return;
    if (id === last) tally.add('duplicates', 'warning', 'two trades in a row have one id', time);
    else if (id > last) {
      tally.add('trade_ids', 'warning', 'ids of trades are missing', time);
      this.missing += id - last - 1n;
    } else tally.add('trade_id_order', 'warning', 'ids of trades do not rise with time', time);
  }
}

function fundingsExaminer(tally: Tally): ValueExaminer {
  let lastTime: number | undefined;
  let [rateMin, rateMax, sum, rows] = [Infinity, -Infinity, 0, 0];
  return {
    add({ times, values }) {
      const rates = values['funding_rate'] as ArrayLike<number>;
      times.forEach((time, row) => {
        const rate = rates[row] as number;
        if (time === lastTime) tally.add('duplicates', 'warning', 'two fundings have one time', time);
        lastTime = time;
        rateMin = Math.min(rateMin, rate);
        rateMax = Math.max(rateMax, rate);
        sum += rate;
        rows++;
      });
    },
    finish: () => ({ statistics: { rate_min: rateMin, rate_max: rateMax, rate_mean: sum / rows } }),
  };
}
