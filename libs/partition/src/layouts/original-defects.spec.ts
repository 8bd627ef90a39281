import { addDays, daysBetween, parseUtcDay } from '@ticklake/core';

import { availabilityViews, marketViews } from '../spec-support/all-views.js';
import { layoutNames, layoutOf, type MarketPartition } from './index.js';

const day = parseUtcDay('2023-05-23');
const instrument = 'BINANCE:SPOT_PAIR:BTC-USDT';
const candles: MarketPartition = { day, instrument, dataType: 'ohlcv_1m', timeframe: '1m' };

/** Each was observed by running the code of the source document. */
describe('what went wrong in the original', () => {
  it.each(layoutNames)('D-01: %s has the root once, and reads where it writes', (name) => {
    const layout = layoutOf(name);
    for (const tier of ['execution', 'ml'] as const) {
      for (const scheme of layout.market(tier)) {
        const path = scheme.format(candles);
        expect(path.startsWith(`${scheme.view}/`)).toBe(true);
        for (const known of [{}, { day }, { venue: 'BINANCE', day }, { instrument, day }, { ...candles }]) {
          expect(path.startsWith(scheme.prefix(known))).toBe(true);
        }
        expect(scheme.parse(path)).toEqual(candles);
      }
    }
  });

  it.each(marketViews)('D-02: $title: no two days, instruments or data types share a path', ({ scheme }) => {
    const days = daysBetween(parseUtcDay('2023-04-29'), addDays(day, 1));
    const ids = ['BTC-USDT', 'BTC-USD', 'BTCUSDT', 'BTC_USDT', 'ETH-USDT'].flatMap((symbol) =>
      ['BINANCE:SPOT_PAIR', 'BINANCE:PERPETUAL', 'OKX:SPOT_PAIR'].map((start) => `${start}:${symbol}`),
    );
    const paths = days.flatMap((one) =>
      ids.flatMap((id) =>
        ['1m', '5m'].map((timeframe) =>
          scheme.format({ day: one, instrument: id, dataType: `ohlcv_${timeframe}`, timeframe }),
        ),
      ),
    );
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(days.length * ids.length * 2);
  });

  it.each(availabilityViews)('D-04: $title: a reader that asks by venue or type finds it', ({ scheme }) => {
    const venue = 'BINANCE';
    const instrumentType = 'OPTION';
    if (scheme.view === 'by_venue') {
      expect(scheme.format({ day, venue }).startsWith(scheme.prefix({ venue }))).toBe(true);
      expect(scheme.prefix({ venue })).toMatch(/^by_venue\/venue[-=]BINANCE\/$/i);
      expect(scheme.format({ day, venue: 'OKX' })).not.toBe(scheme.format({ day, venue }));
    } else if (scheme.view === 'by_instrument_type') {
      expect(scheme.format({ day, instrumentType }).startsWith(scheme.prefix({ instrumentType }))).toBe(true);
      expect(scheme.prefix({ instrumentType })).toMatch(
        /^by_instrument_type\/(instrument_)?type[-=]OPTION\/$/i,
      );
    } else {
      expect(scheme.prefix({ day, venue })).toBe(scheme.prefix({ day }));
    }
    const refused = (define: () => unknown) =>
      expect(define).toThrow(expect.objectContaining({ code: 'NAME' }));
    refused(() => scheme.format({ day, venue, instrumentType }));
    refused(() => scheme.format(scheme.view === 'by_date' ? { day, venue } : { day }));
  });

  it.each(marketViews)('D-06: $title: the prefix of BTC-USD is of no BTC-USDT', ({ scheme }) => {
    const known = { ...candles, instrument: 'BINANCE:SPOT_PAIR:BTC-USD' };
    const other = scheme.format(candles);
    const prefix = scheme.prefix(known);
    expect(scheme.format(known).startsWith(prefix)).toBe(true);
    // Files of one directory differ in their names: what is listed is parsed, and compared as a whole.
    expect(other.startsWith(prefix)).toBe(!/instrument(_id)?[-=]/.test(scheme.template));
    expect(scheme.parse(other)?.instrument).toBe(instrument);
  });
});
