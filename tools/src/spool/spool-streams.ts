import type { Column, Field, FixedType, Schema } from '@ticklake/columnar';
import { textColumn } from '@ticklake/columnar';
import type { Random } from './random.js';

/** The streams that a collector writes. */
export type SpoolStream = 'bbo' | 'trade' | 'open_interest' | 'funding' | 'mark_price';

const INT64: FixedType = { kind: 'int', bits: 64, signed: true };
const INT8: FixedType = { kind: 'int', bits: 8, signed: true };
const FLOAT64: FixedType = { kind: 'float', bits: 64 };

const COMMON: readonly Field[] = [
  field('ts_event', INT64),
  field('ts_recv', INT64),
  field('exchange', { kind: 'utf8' }),
  field('symbol', { kind: 'utf8' }),
  field('stream', { kind: 'utf8' }),
  field('stream_version', INT8),
];

const OWN: Readonly<Record<SpoolStream, readonly Field[]>> = {
  bbo: ['bid_price', 'bid_qty', 'ask_price', 'ask_qty'].map((name) => field(name, FLOAT64)),
  trade: [
    field('price', FLOAT64),
    field('qty', FLOAT64),
    field('side', INT8),
    field('trade_id', { kind: 'utf8' }),
  ],
  open_interest: [field('open_interest', FLOAT64)],
  funding: [field('funding_rate', FLOAT64), field('next_funding_ts', INT64)],
  mark_price: [field('mark_price', FLOAT64), field('index_price', FLOAT64)],
};

/** Columns of `stream` as the collector writes them: six common ones, then its own; all nullable, times in ms. */
export function spoolSchema(stream: SpoolStream): Schema {
  return { fields: [...COMMON, ...OWN[stream]] };
}

/** What one symbol's feed remembers from row to row: a price that walks, and the last trade id. */
export interface Feed {
  price: number;
  tradeId: number;
}

/** Values of `stream`'s own columns for the event times `times`, walking `feed` on. */
export function ownColumns(
  stream: SpoolStream,
  times: BigInt64Array,
  { feed, random }: { feed: Feed; random: Random },
): readonly Column[] {
  const walk = () => {
    feed.price = Math.max(0.01, round(feed.price * (1 + (random.next() - 0.5) * 0.0002), 2));
    return feed.price;
  };
  const quantity = () => round(0.001 + random.next() * 5, 3);
  const prices = Float64Array.from(times, walk);
  switch (stream) {
    case 'bbo':
      return [
        fixed(prices),
        fixed(Float64Array.from(times, quantity)),
        fixed(prices.map((price) => round(price + 0.01 * (1 + random.below(3)), 2))),
        fixed(Float64Array.from(times, quantity)),
      ];
    case 'trade':
      return [
        fixed(prices),
        fixed(Float64Array.from(times, quantity)),
        fixed(Int8Array.from(prices, () => (random.below(2) === 0 ? -1 : 1))),
        textColumn(Array.from(times, () => String(++feed.tradeId))),
      ];
    case 'open_interest':
      return [fixed(prices.map((price) => round(price * 1.5, 1)))];
    case 'funding':
      return [
        fixed(Float64Array.from(times, () => round((random.next() - 0.5) * 0.001, 8))),
        fixed(times.map((time) => time - (time % 28_800_000n) + 28_800_000n)),
      ];
    case 'mark_price':
      return [
        fixed(prices),
        { ...fixed(prices.map((price) => round(price * 0.9999, 2))), ...holes(times.length, random) },
      ];
  }
}

/** An exchange sends no index price now and then. */
function holes(rowCount: number, random: Random): { readonly validity: Uint8Array } {
  const validity = new Uint8Array(rowCount).map(() => (random.below(10) === 0 ? 0 : 1));
  if (rowCount > 0) validity[0] = 0;
  return { validity };
}

function fixed(values: BigInt64Array | Float64Array | Int8Array): Column {
  return { layout: 'fixed', values };
}

function field(name: string, type: Field['type']): Field {
  return { name, type, nullable: true };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
