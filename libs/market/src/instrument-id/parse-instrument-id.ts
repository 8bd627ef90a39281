import { isLakeError, LakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import type { InstrumentId, OptionRight } from './instrument-id.js';
import { typeOfSpelling } from './instrument-type.js';
import { canonicalStrike } from './strike.js';

/** Which part of a text makes it no instrument id; `form` where a legal id has another spelling than its canonical one. */
export type InstrumentIdFault =
  | 'length'
  | 'characters'
  | 'parts'
  | 'venue'
  | 'type'
  | 'symbol'
  | 'asset'
  | 'expiry'
  | 'strike'
  | 'right'
  | 'form';

/** Longer than any canonical text. */
const TEXT_CHARS_MAX = 200;
const NAME_CHARS_MAX = 32;

const RIGHTS: ReadonlyMap<string, OptionRight> = new Map([
  ['C', 'CALL'],
  ['CALL', 'CALL'],
  ['P', 'PUT'],
  ['PUT', 'PUT'],
]);

/**
 * An instrument id from any of its spellings (AP-16, C-49): in any case, with the type or an alias of it (`Perp`, `SPOT`, `Option`), a pair
 * as `BTC-USDT` or `BTC/USDT`, an option with its strike before or after the expiry, with `C` or `CALL`, with `5K` or `5000`. Where both
 * could be days, the first is the expiry, so that a canonical text reads as itself.
 *
 * Venues and assets are an open set (AP-34) of at most 32 of `A–Z 0–9 _ .`, venues also with `-`; they begin with a letter or a digit, do
 * not end in a dot and have no two in a row. An expiry is a day of the calendar, `YYMMDD` of 20YY: the months of some listings (`ES-202412`)
 * name none.
 *
 * @throws LakeError `invalid` (`INSTRUMENT_ID`) for any other text; its detail `reason` is an {@link InstrumentIdFault}.
 */
export function parseInstrumentId(text: string): InstrumentId {
  if (text.length > TEXT_CHARS_MAX) throw notAnId(text, 'length');
  // Before the case is changed: letters of other alphabets have upper cases in ours.
  if (!/^[A-Za-z0-9_.:/-]+$/.test(text)) throw notAnId(text, 'characters');
  const parts = text.toUpperCase().split(':');
  const [venue, spelling, symbol] = parts;
  if (venue === undefined || spelling === undefined || symbol === undefined || parts.length > 3) {
    throw notAnId(text, 'parts');
  }
  const type = typeOfSpelling(spelling);
  if (!isVenue(venue)) throw notAnId(text, 'venue');
  if (type === undefined) throw notAnId(text, 'type');
  switch (type) {
    case 'SPOT_PAIR':
    case 'PERPETUAL':
      return { venue, type, ...pairOf(text, symbol.split(/[-/]/), 2) };
    case 'FUTURE': {
      const words = symbol.split('-');
      return { venue, type, ...pairOf(text, words, 3), expiry: expiryOf(text, words[2]) };
    }
    case 'OPTION': {
      const words = symbol.split('-');
      return { venue, type, ...pairOf(text, words, 5), ...termsOf(text, words.slice(2)) };
    }
    default:
      if (!isAsset(symbol)) throw notAnId(text, 'asset');
      return { venue, type, symbol };
  }
}

/** The error of a text that is no instrument id. */
export function notAnId(text: string, reason: InstrumentIdFault): LakeError {
  return new LakeError('invalid', 'not an instrument id such as BINANCE:SPOT_PAIR:BTC-USDT', {
    code: 'INSTRUMENT_ID',
    details: { text: text.slice(0, TEXT_CHARS_MAX), reason },
  });
}

function pairOf(text: string, words: readonly string[], count: number): { base: string; quote: string } {
  const [base, quote] = words;
  if (base === undefined || quote === undefined || words.length !== count) throw notAnId(text, 'symbol');
  if (!isAsset(base) || !isAsset(quote)) throw notAnId(text, 'asset');
  return { base, quote };
}

/** Expiry, strike and right, the first two in either order. */
function termsOf(
  text: string,
  [first = '', second = '', last = '']: readonly string[],
): { expiry: UtcDay; strike: string; right: OptionRight } {
  const [day, price] = dayOf(first) === undefined ? [second, first] : [first, second];
  const expiry = expiryOf(text, day);
  const strike = canonicalStrike(price);
  const right = RIGHTS.get(last);
  if (strike === undefined) throw notAnId(text, 'strike');
  if (right === undefined) throw notAnId(text, 'right');
  return { expiry, strike, right };
}

function expiryOf(text: string, word = ''): UtcDay {
  const day = dayOf(word);
  if (day === undefined) throw notAnId(text, 'expiry');
  return day;
}

function dayOf(word: string): UtcDay | undefined {
  if (!/^\d{6}$/.test(word)) return undefined;
  try {
    return parseUtcDay(`20${word}`);
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
}

function isVenue(text: string): boolean {
  return /^[A-Z0-9][A-Z0-9_.-]*$/.test(text) && hasSafeForm(text);
}

function isAsset(text: string): boolean {
  return /^[A-Z0-9][A-Z0-9_.]*$/.test(text) && hasSafeForm(text);
}

/** Names become parts of paths, with an extension behind them. */
function hasSafeForm(text: string): boolean {
  return text.length <= NAME_CHARS_MAX && !text.includes('..') && !text.endsWith('.');
}
