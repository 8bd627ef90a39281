import type { UtcDay } from '@ticklake/core';
import type { InstrumentId } from '../instrument-id/index.js';
import { canonicalStrike } from '../instrument-id/strike.js';
import type { ExchangeSymbols, SymbolForm } from './exchange-symbols.js';
import { monthCodeExpiry, namedExpiry, numericExpiry } from './expiries.js';
import { splitPair } from './split-pair.js';

/** What stands for each word of a form. Assets have a length that an instrument id can carry. */
const WORDS: Readonly<Record<string, string>> = {
  base: '[A-Z0-9]{1,32}',
  quote: '[A-Z0-9]{1,32}',
  pair: '[A-Z0-9]{2,40}',
  yymmdd: '\\d{6}',
  yyyymmdd: '\\d{8}',
  dMMMyy: '\\d{1,2}[A-Z]{3}\\d{2}',
  month: '[A-Z]\\d{2}',
  strike: '\\d{1,20}(?:[D.]\\d{1,20})?',
  right: '[CP]',
};

type Found = Readonly<Record<string, string | undefined>>;

/** A function that reads the symbols of one exchange, its forms compiled once. */
export function symbolReader({
  venue,
  forms,
  assets = {},
}: ExchangeSymbols): (symbol: string) => InstrumentId | undefined {
  const names = new Map(Object.entries(assets));
  const patterns = forms.map((form) => ({ form, pattern: patternOf(form.form) }));
  return (symbol) => {
    for (const { form, pattern } of patterns) {
      const found = pattern.exec(symbol)?.groups;
      const pair = found && pairOf(found, form);
      const id =
        pair && idOf(found, { venue, type: form.type, base: plain(pair.base), quote: plain(pair.quote) });
      if (id !== undefined) return id;
    }
    return undefined;
  };

  function plain(asset: string): string {
    return names.get(asset) ?? asset;
  }
}

function patternOf(form: string): RegExp {
  return new RegExp(`^${form.replace(/\{(\w+)\}/g, (_, word: string) => `(?<${word}>${WORDS[word]})`)}$`);
}

/** Base and quote as this exchange calls them. */
function pairOf(
  found: Found,
  { base, quote, quotes, bases }: SymbolForm,
): { base: string; quote: string } | undefined {
  const pair =
    found['pair'] === undefined
      ? { base: found['base'] ?? base, quote: found['quote'] ?? quote }
      : splitPair(found['pair'], quotes ?? []);
  if (pair?.base === undefined || pair.quote === undefined || pair.base.length > 32) return undefined;
  if (bases !== undefined && !bases.includes(pair.base)) return undefined;
  if (quotes !== undefined && !quotes.includes(pair.quote)) return undefined;
  return { base: pair.base, quote: pair.quote };
}

function idOf(
  found: Found,
  { type, ...pair }: Pick<SymbolForm, 'type'> & { venue: string; base: string; quote: string },
): InstrumentId | undefined {
  if (type === 'SPOT_PAIR' || type === 'PERPETUAL') return { ...pair, type };
  const expiry = expiryOf(found);
  if (expiry === undefined) return undefined;
  if (type === 'FUTURE') return { ...pair, type, expiry };
  const strike = canonicalStrike((found['strike'] ?? '').replace('D', '.'));
  return strike === undefined
    ? undefined
    : { ...pair, type, expiry, strike, right: found['right'] === 'C' ? 'CALL' : 'PUT' };
}

function expiryOf({ yymmdd, yyyymmdd, dMMMyy, month }: Found): UtcDay | undefined {
  const number = yymmdd ?? yyyymmdd;
  if (number !== undefined) return numericExpiry(number);
  if (dMMMyy !== undefined) return namedExpiry(dMMMyy);
  return month === undefined ? undefined : monthCodeExpiry(month);
}
