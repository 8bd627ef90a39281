import { parseUtcDay, startOfDayMs } from '@ticklake/core';

/** The first millisecond of a day. */
export function dayMs(day: string): number {
  return startOfDayMs(parseUtcDay(day));
}

/** A day of bars of a minute as Binance's public data has them: twelve fields, no header. */
export function binanceKlines(
  day: string,
  { bars = 1440, unit = 1 }: { readonly bars?: number; readonly unit?: number } = {},
): string {
  return Array.from({ length: bars }, (_, bar) => {
    const openMs = dayMs(day) + bar * 60_000;
    const price = (40_000 + (bar % 97) / 10).toFixed(8);
    return `${openMs * unit},${price},${price},${price},${price},${bar % 7}.25000000,${(openMs + 59_999) * unit},1.5,${bar},0.5,0.25,0\n`;
  }).join('');
}

/** Trades, a second each, as a consolidated file has them. */
export function consolidatedTrades(day: string, { trades = 10, firstId = 1 } = {}): string {
  const rows = Array.from(
    { length: trades },
    (_, i) =>
      `${dayMs(day) + i * 1000},${40_000 + i}.5,0.${i + 1},${i % 2 === 0 ? 'True' : 'False'},${firstId + i}\n`,
  );
  return `timestamp,price,quantity,is_buyer_maker,agg_trade_id\n${rows.join('')}`;
}

/** Three fundings a day, the second one late by three milliseconds, as a consolidated file has them. */
export function consolidatedFundings(...days: readonly string[]): string {
  const rows = days.flatMap((day) =>
    [0, 8 * 3_600_000 + 3, 16 * 3_600_000].map((ms, i) => `${dayMs(day) + ms},0.000${i + 1}\n`),
  );
  return `timestamp,fundingRate\n${rows.join('')}`;
}
