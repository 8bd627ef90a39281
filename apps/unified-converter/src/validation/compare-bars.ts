import type { Arena } from '@ticklake/columnar';
import { timeframeMs } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import { withPartition, type OpenPartition } from './read-rows.js';
import type { BarsReport } from './report.js';

/** A bar, whoever made it. */
export interface Bar {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** Volumes are sums of doubles, which the exchange adds up as decimals. */
const VOLUME_TOLERANCE = 1e-9;

/**
 * Adds the trades of a day up to bars and compares them with the bars that are published (UC-45). A report only: exchanges make bars of
 * trades that they do not give away.
 *
 * @returns `undefined` where one of the two is not published.
 */
export function compareBars(
  store: ObjectStore,
  paths: { readonly klines: string; readonly aggtrades: string },
  arena: Arena,
): Promise<BarsReport | undefined> {
  return withPartition({ store, directory: paths.klines, arena }, (klines) =>
    withPartition({ store, directory: paths.aggtrades, arena }, (aggtrades) => compare(klines, aggtrades)),
  );
}

async function compare(klines: OpenPartition, aggtrades: OpenPartition): Promise<BarsReport> {
  const made = await barsOfTrades(aggtrades, timeframeMs(klines.manifest.timeframe));
  const counts = { bars: 0, equal: 0, differing: 0, without_trades: 0 };
  let firstDiffering: number | undefined;
  for await (const { times, values } of klines.rows()) {
    times.forEach((time, row) => {
      const bar = barAt(values as Readonly<Record<string, ArrayLike<number>>>, row);
      const own = made.get(time);
      made.delete(time);
      counts.bars++;
      if (own === undefined) counts.without_trades++;
      else if (isSame(bar, own)) counts.equal++;
      else {
        counts.differing++;
        firstDiffering ??= time;
      }
    });
  }
  return {
    klines_sha256: klines.manifest.parquet_sha256,
    aggtrades_sha256: aggtrades.manifest.parquet_sha256,
    ...counts,
    without_bar: made.size,
    ...(firstDiffering === undefined ? {} : { first_differing: String(firstDiffering) }),
  };
}

/** By opening time in milliseconds. */
async function barsOfTrades(trades: OpenPartition, stepMs: number): Promise<Map<number, Bar>> {
  const perMs = trades.manifest.time_unit === 'ms' ? 1 : 1000;
  const bars = new Map<number, Bar>();
  for await (const { times, values } of trades.rows(['trade_price', 'trade_quantity'])) {
    const prices = values['trade_price'] as ArrayLike<number>;
    const quantities = values['trade_quantity'] as ArrayLike<number>;
    // Trades of a bar follow each other.
    let bar: Bar | undefined;
    let barMs = NaN;
    for (let row = 0; row < times.length; row++) {
      const openMs = Math.floor((times[row] as number) / perMs / stepMs) * stepMs;
      const price = prices[row] as number;
      const quantity = quantities[row] as number;
      if (openMs !== barMs) bar = bars.get(openMs);
      barMs = openMs;
      if (bar === undefined) {
        bar = { open: price, high: price, low: price, close: price, volume: quantity };
        bars.set(openMs, bar);
      } else {
        if (price > bar.high) bar.high = price;
        if (price < bar.low) bar.low = price;
        bar.close = price;
        bar.volume += quantity;
      }
    }
  }
  return bars;
}

/** The bar of a row. */
export function barAt(values: Readonly<Record<string, ArrayLike<number>>>, row: number): Bar {
  const at = (name: string) => values[name]?.[row] as number;
  return { open: at('open'), high: at('high'), low: at('low'), close: at('close'), volume: at('volume') };
}

function isSame(a: Bar, b: Bar): boolean {
  const isVolume = Math.abs(a.volume - b.volume) <= VOLUME_TOLERANCE * Math.max(a.volume, b.volume);
  return isVolume && a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close;
}
