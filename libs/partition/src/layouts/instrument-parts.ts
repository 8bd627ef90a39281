import { badName } from './bad-name.js';
import { ESCAPED_MAX_BYTES, escapeName } from './escape-name.js';
import { typeName } from './type-name.js';
import { isWindowsDevice } from './windows-device.js';

/** What an id `VENUE:TYPE:SYMBOL` says (AP-16). */
export interface InstrumentParts {
  readonly venue: string;
  readonly type: string;
  readonly symbol: string;
}

const VENUE = /^[A-Z0-9][A-Z0-9._-]{0,63}(?<!\.)$/;
/** No colon, slash, backslash, control or half a character; no white space or dot at an end, no dash in front. */
const SYMBOL = /^(?![\s.-])[^\p{Control}\p{Surrogate}:/\\]+(?<![\s.])$/u;

/**
 * A canonical id cut into its parts. It is in upper case and has exactly three: a venue, a type that has a directory,
 * and a symbol without `:`, `/`, `\`, control characters, or white space or dots at its ends. Escaped it has at most
 * 180 bytes, and so has its symbol as file names begin with it. Such an id can stand in every view of every layout.
 *
 * @throws LakeError `invalid` (`NAME`) for any other text.
 */
export function instrumentParts(instrument: string): InstrumentParts {
  const [venue, type, symbol, more] = instrument.split(':');
  if (venue === undefined || type === undefined || symbol === undefined || more !== undefined) {
    throw badName('an instrument id is not VENUE:TYPE:SYMBOL', { instrument });
  }
  checkVenue(venue);
  typeName(type);
  if (!SYMBOL.test(symbol) || symbol !== symbol.toUpperCase()) {
    throw badName('not the symbol of an instrument id', { instrument });
  }
  const texts = [escapeName(instrument, { rawColons: false }), symbolName(symbol)];
  if (texts.some((text) => text.length > ESCAPED_MAX_BYTES)) {
    throw badName('an instrument id is too long for a path', { instrument, maxBytes: ESCAPED_MAX_BYTES });
  }
  return { venue, type, symbol };
}

/**
 * `venue` itself: 1 to 64 of `A–Z 0–9 . _ -`, beginning with a letter or a digit, not ending with a dot.
 *
 * @throws LakeError `invalid` (`NAME`) for any other text, and for the name of a Windows device.
 */
export function checkVenue(venue: string): string {
  if (VENUE.test(venue) && !isWindowsDevice(venue)) return venue;
  throw badName('not a venue in upper case', { venue });
}

/**
 * A symbol as file names begin with it (AP-22): `BTC-USDT` is `btcusdt`. What is left of it, apart from ASCII letters
 * and digits, is escaped, the underscore too, which ends it there. Not reversible: another part of the path has the id.
 */
export function symbolName(symbol: string): string {
  if (/^[A-Z0-9-]+$/.test(symbol)) return symbol.replaceAll('-', '').toLowerCase();
  return escapeName(symbol.replaceAll('-', '').toLowerCase(), { rawColons: false }).replace(
    /[._~+]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
