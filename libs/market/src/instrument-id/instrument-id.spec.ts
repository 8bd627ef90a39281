import { addDays, compactDay, isLakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import fc from 'fast-check';
import { formatInstrumentId, instrumentId } from './format-instrument-id.js';
import type { InstrumentId } from './instrument-id.js';
import { INSTRUMENT_TYPES } from './instrument-type.js';
import { parseInstrumentId } from './parse-instrument-id.js';

const day = (text: string): UtcDay => parseUtcDay(text);

describe('an instrument id', () => {
  it.each<[string, InstrumentId]>([
    ['BINANCE:SPOT_PAIR:BTC-USDT', { venue: 'BINANCE', type: 'SPOT_PAIR', base: 'BTC', quote: 'USDT' }],
    ['DERIBIT:PERPETUAL:BTC-USDT', { venue: 'DERIBIT', type: 'PERPETUAL', base: 'BTC', quote: 'USDT' }],
    [
      'BINANCE-FUTURES:PERPETUAL:1000SHIB-USDT',
      { venue: 'BINANCE-FUTURES', type: 'PERPETUAL', base: '1000SHIB', quote: 'USDT' },
    ],
    [
      'DERIBIT:FUTURE:BTC-USD-241225',
      { venue: 'DERIBIT', type: 'FUTURE', base: 'BTC', quote: 'USD', expiry: day('20241225') },
    ],
    [
      'DERIBIT:OPTION:BTC-USD-241225-50000-CALL',
      {
        ...{ venue: 'DERIBIT', type: 'OPTION', base: 'BTC', quote: 'USD' },
        ...{ expiry: day('20241225'), strike: '50000', right: 'CALL' },
      },
    ],
    [
      'X:OPTION:XRP-USDC-230630-0.5-PUT',
      {
        ...{ venue: 'X', type: 'OPTION', base: 'XRP', quote: 'USDC' },
        ...{ expiry: day('20230630'), strike: '0.5', right: 'PUT' },
      },
    ],
    ['WALLET:SPOT_ASSET:USDT', { venue: 'WALLET', type: 'SPOT_ASSET', symbol: 'USDT' }],
    ['NASDAQ:EQUITY:BRK.B', { venue: 'NASDAQ', type: 'EQUITY', symbol: 'BRK.B' }],
    ['CME:INDEX:SPX', { venue: 'CME', type: 'INDEX', symbol: 'SPX' }],
    ['ETHERFI:LST:WEETH', { venue: 'ETHERFI', type: 'LST', symbol: 'WEETH' }],
    ['AAVE_V3:A_TOKEN:AUSDT', { venue: 'AAVE_V3', type: 'A_TOKEN', symbol: 'AUSDT' }],
    ['AAVE_V3:DEBT_TOKEN:DEBTWETH', { venue: 'AAVE_V3', type: 'DEBT_TOKEN', symbol: 'DEBTWETH' }],
  ])('%s reads as its parts, and they write it', (text, id) => {
    expect(parseInstrumentId(text)).toEqual(id);
    expect(formatInstrumentId(id)).toBe(text);
  });

  it.each([
    // As the source document spells them.
    ['binance:SPOT_PAIR:BTC-USDT', 'BINANCE:SPOT_PAIR:BTC-USDT'],
    ['deribit:Perp:BTC-USDT', 'DERIBIT:PERPETUAL:BTC-USDT'],
    ['deribit:Option:BTC-USD-50000-241225-C', 'DERIBIT:OPTION:BTC-USD-241225-50000-CALL'],
    // As the specification of keys does.
    ['BYBIT:PERP:ETH-USDT', 'BYBIT:PERPETUAL:ETH-USDT'],
    ['BINANCE:SPOT_PAIR:BTC/USDT', 'BINANCE:SPOT_PAIR:BTC-USDT'],
    ['DERIBIT:OPTION:BTC-USD-241225-5K-PUT', 'DERIBIT:OPTION:BTC-USD-241225-5000-PUT'],
    // And other ways.
    ['okx-swap:perpetual:btc-usdt', 'OKX-SWAP:PERPETUAL:BTC-USDT'],
    ['binance:spot:btc-usdt', 'BINANCE:SPOT_PAIR:BTC-USDT'],
    ['deribit:futures:btc-usd-240628', 'DERIBIT:FUTURE:BTC-USD-240628'],
    ['deribit:Option:BTC-USD-0.50-240229-p', 'DERIBIT:OPTION:BTC-USD-240229-0.5-PUT'],
    // Both could be days: the first is the expiry.
    ['X:OPTION:BTC-USD-240101-250101-C', 'X:OPTION:BTC-USD-240101-250101-CALL'],
    // Only one is a day of the calendar, though both have its form.
    ['X:OPTION:BTC-USD-240230-240301-C', 'X:OPTION:BTC-USD-240301-240230-CALL'],
    ['X:OPTION:BTC-USD-230229-240229-C', 'X:OPTION:BTC-USD-240229-230229-CALL'],
  ])('%s is %s', (text, expected) => {
    expect(formatInstrumentId(parseInstrumentId(text))).toBe(expected);
  });

  it.each([
    ['', 'characters'],
    ['BTCUSDT', 'parts'],
    ['BINANCE:SPOT_PAIR', 'parts'],
    ['BINANCE:SPOT_PAIR:BTC-USDT:X', 'parts'],
    [`X:SPOT_ASSET:${'A'.repeat(200)}`, 'length'],
    [`X:SPOT_ASSET:${'A'.repeat(33)}`, 'asset'],
    [`${'A'.repeat(33)}:SPOT_ASSET:A`, 'venue'],
    [':SPOT_PAIR:BTC-USDT', 'venue'],
    ['-X:SPOT_PAIR:BTC-USDT', 'venue'],
    ['..:SPOT_PAIR:BTC-USDT', 'venue'],
    ['A..B:SPOT_PAIR:BTC-USDT', 'venue'],
    ['A/B:SPOT_PAIR:BTC-USDT', 'venue'],
    ['BINANCE:SWAP:BTC-USDT', 'type'],
    ['BINANCE::BTC-USDT', 'type'],
    ['BINANCE:SPOT_PAIR:BTC', 'symbol'],
    ['BINANCE:SPOT_PAIR:BTC-USDT-X', 'symbol'],
    ['BINANCE:SPOT_PAIR:', 'symbol'],
    ['BINANCE:SPOT_PAIR:-USDT', 'asset'],
    ['BINANCE:SPOT_PAIR:BTC-', 'asset'],
    ['BINANCE:SPOT_PAIR:../ETC', 'asset'],
    ['BINANCE:SPOT_PAIR:BTC-USDT.', 'asset'],
    ['WALLET:SPOT_ASSET:', 'asset'],
    ['WALLET:SPOT_ASSET:A-B', 'asset'],
    ['WALLET:SPOT_ASSET:A/B', 'asset'],
    ['BINANCE:SPOT_PAIR:BTC%2FUSDT', 'characters'],
    ['BINANCE:SPOT_PAIR:BTC-USDT\n', 'characters'],
    ['BINANCE:SPOT_PAIR:BTC-USDT\0', 'characters'],
    [' BINANCE:SPOT_PAIR:BTC-USDT', 'characters'],
    ['BINANCE:SPOT_PAIR:ſOL-USDT', 'characters'],
    ['BINANCE:SPOT_PAIR:币安-USDT', 'characters'],
    ['DERIBIT:FUTURE:BTC-USD', 'symbol'],
    ['CME:FUTURE:ES-202412', 'symbol'],
    ['DERIBIT:FUTURE:BTC-USD-240230', 'expiry'],
    ['DERIBIT:FUTURE:BTC-USD-20241225', 'expiry'],
    ['DERIBIT:FUTURE:BTC-USD-25DEC24', 'expiry'],
    ['DERIBIT:OPTION:BTC-USD-241225-50000', 'symbol'],
    ['DERIBIT:OPTION:BTC-USD-50000-60000-C', 'expiry'],
    ['DERIBIT:OPTION:BTC-USD-241225-1E5-C', 'strike'],
    ['DERIBIT:OPTION:BTC-USD-241225--5-C', 'symbol'],
    ['DERIBIT:OPTION:BTC-USD-241225-.5-C', 'strike'],
    ['DERIBIT:OPTION:BTC-USD-241225-50000-X', 'right'],
  ])('%j is none: %s', (text, reason) => {
    expect(() => parseInstrumentId(text)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'INSTRUMENT_ID',
        details: { text: text.slice(0, 200), reason },
      }),
    );
  });

  it.each<[InstrumentId, string]>([
    [{ venue: 'binance', type: 'SPOT_PAIR', base: 'BTC', quote: 'USDT' }, 'form'],
    [{ venue: 'X', type: 'FUTURE', base: 'A', quote: 'B', expiry: day('19991231') }, 'form'],
    [{ venue: 'X:FUTURE', type: 'SPOT_PAIR', base: 'A', quote: 'B' }, 'parts'],
    [{ venue: 'X', type: 'SPOT_PAIR', base: 'A-B', quote: 'C' }, 'symbol'],
    [{ venue: 'X', type: 'SPOT_PAIR', base: 'A/B', quote: 'C' }, 'symbol'],
    [
      {
        ...{ venue: 'X', type: 'OPTION', base: 'A', quote: 'B', expiry: day('20240101') },
        ...{ strike: '5K', right: 'PUT' },
      },
      'form',
    ],
  ])('%j has no text: %s', (id, reason) => {
    expect(() => formatInstrumentId(id)).toThrow(
      expect.objectContaining({ code: 'INSTRUMENT_ID', details: expect.objectContaining({ reason }) }),
    );
  });
});

const NAME = '[A-Z0-9][A-Z0-9_]{0,14}(\\.[A-Z0-9_]{1,15})?';
const asset = fc.stringMatching(new RegExp(`^${NAME}$`));
const venue = fc
  .stringMatching(new RegExp(`^${NAME}(-[A-Z0-9_]{1,4})?$`))
  .filter(({ length }) => length <= 32);
const expiry = fc.nat({ max: 36_524 }).map((count) => addDays(day('20000101'), count));
const strike = fc.oneof(
  fc.nat({ max: 200_000 }).map(String),
  // Strikes that are days, too.
  expiry.map((one) => String(Number(compactDay(one).slice(2)))),
  fc.stringMatching(/^(0|[1-9]\d{0,9})(\.\d{0,8}[1-9])?$/),
);
const right = fc.constantFrom('CALL' as const, 'PUT' as const);
const symbolType = fc.constantFrom(
  'SPOT_ASSET' as const,
  'EQUITY' as const,
  'INDEX' as const,
  'LST' as const,
  'A_TOKEN' as const,
  'DEBT_TOKEN' as const,
);
const anyId: fc.Arbitrary<InstrumentId> = fc.oneof(
  fc.record({
    ...{ venue, base: asset, quote: asset },
    type: fc.constantFrom('SPOT_PAIR' as const, 'PERPETUAL' as const),
  }),
  fc.record({ venue, type: fc.constant('FUTURE' as const), base: asset, quote: asset, expiry }),
  fc.record({
    venue,
    type: fc.constant('OPTION' as const),
    base: asset,
    quote: asset,
    expiry,
    strike,
    right,
  }),
  fc.record({ venue, type: symbolType, symbol: asset }),
);

/** Texts of one id other than its canonical one. */
function spellings(id: InstrumentId): fc.Arbitrary<string> {
  const types: Readonly<Record<string, readonly string[]>> = {
    SPOT_PAIR: ['SPOT_PAIR', 'SPOT'],
    PERPETUAL: ['PERPETUAL', 'PERP'],
    FUTURE: ['FUTURE', 'FUTURES'],
    OPTION: ['OPTION', 'OPTIONS'],
  };
  const [, , symbol = ''] = formatInstrumentId(id).split(':');
  return fc
    .tuple(
      fc.constantFrom(...(types[id.type] ?? [id.type])),
      id.type === 'OPTION' ? optionSymbols(id) : fc.constant(symbol),
      fc.infiniteStream(fc.boolean()),
    )
    .map(([type, word, isLower]) =>
      Array.from(`${id.venue}:${type}:${word}`, (char) =>
        isLower.next().value === true ? char.toLowerCase() : char,
      ).join(''),
    );
}

function optionSymbols(id: Extract<InstrumentId, { type: 'OPTION' }>): fc.Arbitrary<string> {
  const short = compactDay(id.expiry).slice(2);
  const prices = [id.strike, id.strike.includes('.') ? `${id.strike}00` : `${id.strike}.0`];
  if (id.strike.endsWith('000')) prices.push(`${id.strike.slice(0, -3)}K`);
  return fc
    .record({
      price: fc.constantFrom(...prices),
      last: fc.constantFrom(id.right, id.right.slice(0, 1)),
      isStrikeFirst: fc.boolean(),
    })
    .map(({ price, last, isStrikeFirst }) => {
      // What reads as a day in front is one, so a strike like that stands behind.
      const terms = isStrikeFirst && !/^\d{6}$/.test(price) ? [price, short] : [short, price];
      return [id.base, id.quote, ...terms, last].join('-');
    });
}

describe('properties of instrument ids', () => {
  const options = { numRuns: 2000 };

  it('what is written reads back the same, and is written the same again', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const text = formatInstrumentId(id);
        expect(parseInstrumentId(text)).toEqual(id);
        expect(formatInstrumentId(parseInstrumentId(text))).toBe(text);
        expect(text).toMatch(new RegExp(`^${instrumentId.pattern}$`));
      }),
      options,
    );
  });

  it('every spelling of an id reads as it', () => {
    fc.assert(
      fc.property(
        anyId.chain((id) => fc.tuple(fc.constant(id), spellings(id))),
        ([id, text]) => {
          expect(parseInstrumentId(text)).toEqual(id);
        },
      ),
      options,
    );
  });

  it('any text is refused with a reason, or reads as an id that can be written', () => {
    const word = fc.constantFrom(
      ...['BTC', 'usd', '241225', '240230', '5K', '0', '1e5', 'C', 'put', '..', '%3A', '', ' ', '\0', 'ß'],
    );
    const words = fc.array(fc.oneof(word, fc.string({ maxLength: 4, unit: 'grapheme' })), { maxLength: 6 });
    const near = fc
      .tuple(
        fc.oneof(word, fc.string({ maxLength: 5 })),
        fc.constantFrom(...INSTRUMENT_TYPES, 'Perp', 'spot', 'x'),
        words,
        fc.constantFrom('-', '-', '/', ':'),
      )
      .map(([place, type, symbol, between]) => `${place}:${type}:${symbol.join(between)}`);
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(near, near, fc.string({ unit: 'binary' })), (text) => {
        const id = parsed(text);
        if (id === undefined) return;
        read++;
        const canonical = formatInstrumentId(id);
        if (formatInstrumentId(parseInstrumentId(canonical)) !== canonical) throw new Error(canonical);
      }),
      { numRuns: 100_000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});

/** What it reads as, `undefined` where it is refused as it ought to be. */
function parsed(text: string): InstrumentId | undefined {
  try {
    return parseInstrumentId(text);
  } catch (error) {
    if (!isLakeError(error, 'invalid') || error.code !== 'INSTRUMENT_ID') throw error;
    if (typeof error.details['reason'] !== 'string') throw error;
    return undefined;
  }
}
