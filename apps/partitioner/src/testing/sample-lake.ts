import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayoutName, Tier } from '@ticklake/partition';
import { bybit, coin, deribit, okx, spot } from '../instruments/spec-support/documents.js';
import { runApp } from './run-app.js';

/** The tiers, as commands name them. */
export const TIERS: readonly Tier[] = ['execution', 'ml', 'availability'];

/** Two days, two venues, three instruments, two data types. */
const TICKS = [
  ['binance', 'BTCUSDT'],
  ['binance', 'ETHUSDT'],
  ['deribit', 'BTC-PERPETUAL'],
] as const;
const DAYS = ['2023-05-23', '2023-05-24'] as const;
const DOCUMENTS = { spot: spot(), coin: coin(), bybit: bybit(), okx: okx(), deribit: deribit() };
const DAY_US = 86_400_000_000;
const FIRST_US = Date.UTC(2023, 4, 23) * 1000;
const TRADES = 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount';

/** How many rows and partitions {@link writeSampleLake} makes of each tier: trades and liquidations; candles of three timeframes. */
export const SAMPLE: Readonly<Record<Tier, { readonly partitions: number; readonly rows: number }>> = {
  execution: { partitions: 12, rows: 60 },
  ml: { partitions: 6, rows: 2 * (30 + 6 + 1) },
  availability: { partitions: 1, rows: 5 },
};

/** Files that all tiers can be made of: CSV of ticks and candles, and documents of exchanges. */
export function writeSampleSources(directory: string): void {
  for (const folder of ['ticks', 'candles', 'instruments'])
    mkdirSync(join(directory, folder), { recursive: true });
  for (const dataType of ['trades', 'liquidations'])
    writeFileSync(
      join(directory, 'ticks', `${dataType}.csv`),
      [TRADES, ...tickLines(dataType), ''].join('\n'),
    );
  writeFileSync(join(directory, 'candles', 'klines.csv'), `${klineLines().join('\n')}\n`);
  for (const [name, document] of Object.entries(DOCUMENTS))
    writeFileSync(join(directory, 'instruments', `${name}.json`), JSON.stringify(document));
}

/** Publishes all tiers of the sources in `directory`, candles with those of five minutes and an hour. */
export async function writeSampleLake(
  directory: string,
  lake: string,
  { layout, more = [] }: { readonly layout: LayoutName; readonly more?: readonly string[] },
): Promise<void> {
  const folders = { execution: 'ticks', ml: 'candles', availability: 'instruments' };
  const ml = ['--instrument', 'binance:spot:btc-usdt', '--data-type', 'ohlcv_1m', '--resample', '5m,1h'];
  for (const tier of TIERS) {
    const own = tier === 'ml' ? ml : tier === 'availability' ? ['--date', '2023-05-23'] : [];
    const { code, err } = await runApp([
      ...['partition', tier, '--input', join(directory, folders[tier]), '--output', lake, '--copies', 'all'],
      ...['--layout', layout, ...own, ...more],
    ]);
    if (code !== 0) throw new Error(err);
  }
}

function* tickLines(dataType: string): Generator<string> {
  for (const day of DAYS.keys()) {
    for (const [exchange, symbol] of TICKS) {
      for (let i = 0; i < 5; i++) {
        const us = FIRST_US + day * DAY_US + i * 1_000_000;
        yield [
          exchange,
          symbol,
          us,
          us + 250,
          `${dataType}-${i}`,
          i % 2 ? 'sell' : 'buy',
          100 + i / 8,
          i + 1,
        ].join();
      }
    }
  }
}

function klineLines(): readonly string[] {
  return DAYS.flatMap((_, day) =>
    Array.from({ length: 30 }, (__, i) => {
      const ms = (FIRST_US + day * DAY_US) / 1000 + i * 60_000;
      const open = 100 + (i % 7);
      return [ms, open, open + 2, open - 1, open + 1, i / 4, ms + 59_999, 1, 1, 1, 1, 0].join();
    }),
  );
}
