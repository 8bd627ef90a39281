import { createRandom } from '../spool/random.js';

/** Trades in a made file. */
export interface TradesOptions {
  readonly seed: number;
  readonly trades: number;
  /** When the first of them is, in milliseconds since 1970. */
  readonly startMs: number;
  /** Between two of them, on average. */
  readonly spacingMs: number;
}

const PIECE_ROWS = 10_000;

/** Equal options give equal text: a consolidated file of aggregated trades, in order of time, some of them at one time. */
export function* generateTrades({ seed, trades, startMs, spacingMs }: TradesOptions): Generator<string> {
  const random = createRandom(seed);
  yield 'timestamp,price,quantity,is_buyer_maker,agg_trade_id\n';
  let ms = startMs;
  let cents = 4_200_000;
  for (let first = 0; first < trades; first += PIECE_ROWS) {
    const rows: string[] = [];
    for (let i = first; i < Math.min(trades, first + PIECE_ROWS); i++) {
      cents = Math.max(100, cents + random.below(21) - 10);
      const quantity = (1 + random.below(200_000)) / 100_000;
      rows.push(
        `${ms},${cents / 100},${quantity},${random.below(2) === 0 ? 'True' : 'False'},${3_000_000_000 + i}\n`,
      );
      ms += random.below(2 * spacingMs + 1);
    }
    yield rows.join('');
  }
}
