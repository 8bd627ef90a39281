import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suiteDirectory } from './context.js';
import { runApp } from './run-app.js';

/** Microseconds since 1970 of midnight of 2023-05-23. */
const MIDNIGHT = Date.UTC(2023, 4, 23) * 1000;
const DAY_US = 86_400_000_000;

/** Trades as Tardis delivers them: of each line the symbol, its day from 2023-05-23 on, its side and its price. */
export function trades(
  ...lines: readonly (readonly [symbol: string, day: number, side: string, price: number])[]
) {
  const rows = lines.map(([symbol, day, side, price], i) => {
    const at = MIDNIGHT + day * DAY_US + i * 1000;
    return `binance,${symbol},${at},${at + 500},${i},${side},${price},0.5`;
  });
  return ['exchange,symbol,timestamp,local_timestamp,id,side,price,amount', ...rows, ''].join('\n');
}

/** So many candles of a minute, from midnight of a day on, counted from 2023-05-23. */
export function candles(count: number, day = 0): string {
  const rows = Array.from(
    { length: count },
    (_, i) => `${MIDNIGHT + day * DAY_US + i * 60_000_000},1,3,1,2,10`,
  );
  return ['timestamp,open,high,low,close,volume', ...rows, ''].join('\n');
}

/** Pairs, as Tardis tells of them: `BTCUSDT` and `ETHUSDT` where none are named. */
export function instruments(pairs: readonly (readonly [base: string, quote: string])[] = PAIRS): string {
  return JSON.stringify(
    pairs.map(([base, quote]) => ({
      ...{ id: `${base}${quote}`.toLowerCase(), datasetId: `${base}${quote}`, exchange: 'binance' },
      ...{ baseCurrency: base, quoteCurrency: quote, type: 'spot', active: true },
      ...{ availableSince: '2019-11-17T00:00:00.000Z', priceIncrement: 0.01, minTradeAmount: 0.00001 },
    })),
  );
}

const PAIRS = [
  ['BTC', 'USDT'],
  ['ETH', 'USDT'],
] as const;

/** Folders of a suite for command lines, each test in its own. */
export function cliLakes() {
  const suite = suiteDirectory();
  let number = 0;
  return () => {
    const directory = join(suite, String(number++));
    const [input, lake] = [join(directory, 'input'), join(directory, 'lake')];
    mkdirSync(input, { recursive: true });
    const put = (name: string, text: string) => {
      mkdirSync(dirname(join(input, name)), { recursive: true });
      writeFileSync(join(input, name), text);
    };
    const files = (folder = lake) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(parquet|json)$/.test(name))
        .sort();
    const json = (name: string) =>
      JSON.parse(readFileSync(join(lake, name), 'utf8')) as Record<string, unknown>;
    return {
      ...{ directory, input, lake, put, files, json },
      /** A command about a tier of the lake. */
      run: (command: string, tier: string, ...args: readonly string[]) =>
        runApp([command, tier, '--lake', lake, ...args]),
      /** Partitions what is in the input. */
      partition: (tier: string, ...args: readonly string[]) =>
        runApp(['partition', tier, '--input', input, '--output', lake, ...args]),
    };
  };
}
