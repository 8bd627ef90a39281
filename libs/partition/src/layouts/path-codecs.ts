import type { Codec } from '@ticklake/core';

import { dayOfMonth, digits, monthOfYear, padded } from '../codecs/numbers.js';
import { checkDataType, DATA_TYPE_PATTERN, TIMEFRAME_PATTERN } from './data-type.js';
import {
  ESCAPED_MAX_BYTES,
  ESCAPED_PATTERN,
  ESCAPED_RAW_COLONS_PATTERN,
  escapeName,
  unescapeName,
} from './escape-name.js';
import { checkVenue, instrumentParts } from './instrument-parts.js';
import { typeName, typeOfName } from './type-name.js';

/** What the template of a view can name, in canonical form. */
export interface PathValues {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly venue: string;
  readonly instrument: string;
  /** Of the instrument, or of the instruments: `SPOT_PAIR`. */
  readonly type: string;
  /** As `symbolName` has it. */
  readonly symbol: string;
  readonly dataType: string;
  /** {@link NO_TIMEFRAME} where there is none. */
  readonly timeframe: string;
}

/** A codec for each of the {@link PathValues}. */
export type PathCodecs = { readonly [K in keyof PathValues]: Codec<PathValues[K]> };

/** How hive writes, and engines read, that a partition has no value of a key. */
export const NO_TIMEFRAME = '__HIVE_DEFAULT_PARTITION__';

/** How the layouts differ in writing values (C-50, C-51). Venues in lower case, also in ids, are those of the dash. */
export interface Spelling {
  readonly grammar: 'dash' | 'hive';
  /** `:` as it is, instead of `%3A`. */
  readonly rawColons: boolean;
}

/** The codecs of a spelling. All of them throw LakeError `invalid` for values that it cannot write. */
export function pathCodecs({ grammar, rawColons }: Spelling): PathCodecs {
  const dash = grammar === 'dash';
  const venue = dash ? lowerVenue : upperVenue;
  return {
    year: dash ? padded(4) : digits,
    month: dash ? padded(2) : monthOfYear,
    day: dash ? padded(2) : dayOfMonth,
    venue,
    instrument: instrumentCodec(venue, rawColons),
    type: dash ? typeDirectory : upperType,
    symbol: symbolText,
    dataType: { pattern: DATA_TYPE_PATTERN, parse: checkDataType, format: checkDataType },
    timeframe,
  };
}

const upperVenue: Codec<string> = {
  pattern: '[A-Z0-9][A-Z0-9._-]{0,63}',
  parse: checkVenue,
  format: checkVenue,
};

/** Canonical venues are in upper case, hence lower case loses nothing. */
const lowerVenue: Codec<string> = {
  pattern: '[a-z0-9][a-z0-9._-]{0,63}',
  parse: (text) => checkVenue(text.toUpperCase()),
  format: (venue) => checkVenue(venue).toLowerCase(),
};

function instrumentCodec(venue: Codec<string>, rawColons: boolean): Codec<string> {
  return {
    pattern: rawColons ? ESCAPED_RAW_COLONS_PATTERN : ESCAPED_PATTERN,
    parse(text) {
      const [first = '', ...rest] = unescapeName(text).split(':');
      const instrument = [venue.parse(first), ...rest].join(':');
      instrumentParts(instrument);
      return instrument;
    },
    format(instrument) {
      const { venue: first, type, symbol } = instrumentParts(instrument);
      return escapeName([venue.format(first), type, symbol].join(':'), { rawColons });
    },
  };
}

const typeDirectory: Codec<string> = {
  pattern: '[a-z][a-z0-9_]{0,31}',
  parse: typeOfName,
  format: typeName,
};

const upperType: Codec<string> = {
  pattern: '[A-Z][A-Z0-9_]{0,31}',
  parse: (text) => typeOfName(typeName(text)),
  format: (type) => typeOfName(typeName(type)),
};

/** Without underscore, so that `{symbol}_{dataType}` has one reading. */
const symbolText: Codec<string> = {
  pattern: `(?:[a-z0-9]|%[0-9A-F][0-9A-F]){1,${ESCAPED_MAX_BYTES}}`,
  parse: (text) => text,
  format: (text) => text,
};

const timeframe: Codec<string> = {
  pattern: `(?:${TIMEFRAME_PATTERN}|${NO_TIMEFRAME})`,
  parse: (text) => text,
  format: (text) => text,
};
