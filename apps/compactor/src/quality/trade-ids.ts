import { keepLongest } from './keep-longest.js';

/** Ids that should be there and are not, both ends included. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}

/** What the trade ids of a day come to. */
export interface TradeIdSummary {
  /** Ids between the first and the last that no row has. */
  readonly missing: number;
  /** Ranges that the missing ids make up; {@link ranges} may hold fewer. */
  readonly breaks: number;
  /** Rows whose id another row had already. */
  readonly repeated: number;
  /** Rows whose id is no whole number; nothing can be said about them. */
  readonly unreadable: number;
  /** The longest, by id. */
  readonly ranges: readonly IdRange[];
}

/** Watches numbers that should be consecutive, but may come a little out of order. */
export interface TradeIdFinder {
  /** The next id; `undefined` for one that is no whole number below 2^53. */
  add(id: number | undefined): void;
  /** Call it once, after the last id. */
  finish(): TradeIdSummary;
}

/** Exchanges whose trade ids are numbered one by one for each symbol, by stream. */
const CONSECUTIVE: Readonly<Record<string, readonly string[]>> = {
  binance: ['trade', 'trades'],
  'binance-spot': ['trade', 'trades'],
};

/**
 * Whether a missing id is a missing trade. On Binance it is: trades and aggregate trades are numbered one by one for each
 * symbol. OKX skips ids where it joins fills of one order into a message, and the ids of Bybit are UUIDs or count
 * over many symbols: there nothing follows from them.
 */
export function hasConsecutiveIds({
  exchange,
  stream,
}: {
  readonly exchange: string;
  readonly stream: string;
}): boolean {
  return Object.hasOwn(CONSECUTIVE, exchange) && CONSECUTIVE[exchange]?.includes(stream) === true;
}

/**
 * Counts missing ids (spec row CM-14). Rows stand in order of time, and ids of one instant in any: an id that comes late
 * fills the break it left, as long as there are fewer than `openMax` breaks; then the older half is taken as final.
 */
export function createTradeIdFinder({
  openMax,
  rangesMax,
}: {
  readonly openMax: number;
  readonly rangesMax: number;
}): TradeIdFinder {
  const open: IdRange[] = [];
  const longest = keepLongest<IdRange>(rangesMax, sizeOf);
  const total = { missing: 0, breaks: 0, repeated: 0, unreadable: 0 };
  let seen: { first: number; next: number } | undefined;
  /** Below it, breaks are final. */
  let finalBelow = -Infinity;
  const close = (ranges: readonly IdRange[]) => {
    for (const range of ranges) {
      total.missing += sizeOf(range);
      total.breaks++;
      longest.add(range);
      finalBelow = range.to + 1;
    }
  };
  const fill = (id: number) => {
    const index = rangeAt(open, id);
    const range = open[index];
    if (range !== undefined) open.splice(index, 1, ...without(range, id));
    else if (id >= finalBelow) total.repeated++;
  };
  return {
    add(id) {
      if (id === undefined) total.unreadable++;
      else if (seen === undefined) seen = { first: id, next: id + 1 };
      else if (id >= seen.next) {
        if (id > seen.next) open.push({ from: seen.next, to: id - 1 });
        seen.next = id + 1;
      } else if (id < seen.first) {
        if (id < seen.first - 1) open.unshift({ from: id + 1, to: seen.first - 1 });
        seen.first = id;
      } else fill(id);
      if (open.length >= openMax) close(open.splice(0, Math.ceil(openMax / 2)));
    },
    finish() {
      close(open);
      return { ...total, ranges: longest.list() };
    },
  };
}

function sizeOf({ from, to }: IdRange): number {
  return to - from + 1;
}

/** What is left of `range` without one of its ids. */
function without({ from, to }: IdRange, id: number): IdRange[] {
  const rest = [
    { from, to: id - 1 },
    { from: id + 1, to },
  ];
  return rest.filter((range) => range.from <= range.to);
}

/** Index of the range that holds `id`, among ranges that ascend; -1 when none does. */
function rangeAt(ranges: readonly IdRange[], id: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as IdRange).to < id) low = middle + 1;
    else high = middle;
  }
  const found = ranges[low];
  return found !== undefined && found.from <= id ? low : -1;
}
