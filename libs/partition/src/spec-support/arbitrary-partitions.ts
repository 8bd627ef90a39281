import { addDays, parseUtcDay } from '@ticklake/core';
import fc from 'fast-check';

import type { AvailabilityPartition, MarketPartition, ViewScheme } from '../layouts/index.js';

const exact = { noNullPrototype: true } as const;
const days = fc.nat({ max: 3_652_058 }).map((count) => addDays(parseUtcDay('0000-01-01'), count));
const venues = fc.constantFrom('BINANCE', 'BINANCE-FUTURES', 'AAVE_V3', 'OKX', '0X', 'CRYPTO.COM');
const types = fc.constantFrom('SPOT_PAIR', 'PERPETUAL', 'FUTURE', 'OPTION', 'A_TOKEN', 'LST');
const symbols = fc.oneof(
  fc.constantFrom('BTC-USD', 'BTC-USDT', 'BTC-USD-241225-50000-CALL', 'BTC-USD_PERP', '币安人生-USDT', 'A'),
  fc
    .string({ unit: fc.constantFrom(...'AZ09-._~+% %=&é"!'), maxLength: 12 })
    .map((text) => `X${text.toUpperCase()}Y`),
);
const instruments = fc.tuple(venues, types, symbols).map((parts) => parts.join(':'));
const timeframes = fc.constantFrom('15s', '1m', '5m', '1h', '4h', '24h', '1d');
const dataTypes = fc.constantFrom('trades', 'book_snapshot_5', 'options_chain', 'technical_features', 'x');

/** Partitions that a view of ticks or candles can write. */
export function arbitraryMarketPartition({
  view,
}: ViewScheme<MarketPartition>): fc.Arbitrary<MarketPartition> {
  const candles = fc
    .record({ day: days, instrument: instruments, timeframe: timeframes }, exact)
    .map((partition) => ({ ...partition, dataType: `ohlcv_${partition.timeframe}` }));
  if (view === 'by_timeframe') return candles;
  return fc.oneof(
    candles,
    fc.record(
      { day: days, instrument: instruments, dataType: dataTypes, timeframe: fc.constant(undefined) },
      exact,
    ),
  );
}

/** Partitions that a view of availability can write. */
export function arbitraryAvailability({
  fields,
}: ViewScheme<AvailabilityPartition>): fc.Arbitrary<AvailabilityPartition> {
  if (fields.includes('venue')) return fc.record({ day: days, venue: venues }, exact);
  if (fields.includes('type')) return fc.record({ day: days, instrumentType: types }, exact);
  return fc.record({ day: days }, exact);
}
