import { KNOWN_EXCHANGES, type InstrumentId } from '@ticklake/market';
import { z } from 'zod';
import { dayOfUs } from '../listed-days.js';
import { hasKeys, textAt, type LeftOut, type ListedDocument, type Listing } from '../listing.js';
import { decimal, isoInstant, name, word } from '../wire.js';

/**
 * The instruments metadata API of Tardis: one instrument, or the array of an exchange. `availableTo` is the boundary at which an instrument
 * stops being there (docs.tardis.dev: "the UTC boundary where the instrument stops being available"; of its filter, "the interval end is
 * exclusive"), so the last day is the one before it. It may lag behind an expiry, and `availableSince` behind a `listing`: the earlier counts.
 * Combinations, predictions and aliases are left out. The document has no time of its own.
 */
export function tardis(document: unknown): ListedDocument | undefined {
  const common = { source: 'tardis', taken: undefined, listing };
  if (hasKeys(document, 'code', 'message')) {
    return {
      ...common,
      refusal: `${textAt(document, 'code')} ${textAt(document, 'message')}`,
      instruments: [],
    };
  }
  const instruments: readonly unknown[] = Array.isArray(document) ? document : [document];
  if (!hasKeys(instruments[0], 'id', 'exchange', 'availableSince')) return undefined;
  return { ...common, refusal: undefined, instruments };
}

const wire = z.looseObject({
  ...{ id: name, datasetId: word, exchange: name, baseCurrency: name, quoteCurrency: name },
  type: z.enum(['spot', 'perpetual', 'future', 'option', 'combo', 'prediction']),
  ...{ active: z.boolean(), availableSince: isoInstant, availableTo: isoInstant, listing: isoInstant },
  ...{ expiry: isoInstant, strikePrice: decimal, optionType: z.enum(['call', 'put']).nullish() },
  ...{ priceIncrement: decimal, minTradeAmount: decimal, contractMultiplier: decimal },
  ...{ inverse: z.boolean().nullish(), contractType: word, underlyingIndex: word, underlyingType: word },
  ...{ settlementCurrency: word, aliasFor: word },
});

type Instrument = z.infer<typeof wire>;

const TYPES = { spot: 'SPOT_PAIR', perpetual: 'PERPETUAL', future: 'FUTURE', option: 'OPTION' } as const;

const listing = wire.transform((one): Listing | LeftOut => {
  const { id: symbol, type: kind, exchange } = one;
  if (kind === 'combo' || kind === 'prediction') return { symbol, reason: `it is a ${kind}` };
  if (one.aliasFor !== null) return { symbol, reason: `it is an alias of ${one.aliasFor}` };
  const type = TYPES[kind];
  const isDated = type === 'FUTURE' || type === 'OPTION';
  const last = one.availableTo === undefined ? undefined : one.availableTo - 1n;
  return {
    // Its quote of an option is what it is priced in.
    ...{ exchange, symbol, type, pair: undefined },
    // A rule that does not tell a derivative has a reason: it would share the id of another.
    id: type === 'SPOT_PAIR' || !KNOWN_EXCHANGES.includes(exchange) ? idOf(one, type) : undefined,
    start: earlier(one.availableSince, one.listing),
    end: isDated ? earlier(one.expiry, last) : last,
    isClosed: !one.active,
    facts: {
      ...{ data_provider: 'tardis', tardis_exchange: exchange, tardis_symbol: one.datasetId ?? symbol },
      expiry: isDated ? (one.expiry ?? null) : null,
      ...{ symbol_type: kind, contract_type: one.contractType, inverse: one.inverse ?? null },
      ...{ asset_class: one.underlyingType, underlying: one.underlyingIndex, strike: one.strikePrice },
      ...{ settle_asset: one.settlementCurrency, contract_size: one.contractMultiplier },
      ...{ tick_size: one.priceIncrement, min_size: one.minTradeAmount },
    },
  };
});

function earlier(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function idOf(one: Instrument, type: Listing['type']): InstrumentId | undefined {
  const names = {
    // OKX is the only one of which Tardis keeps an older name.
    venue: one.exchange.toUpperCase().replace(/^OKEX/, 'OKX'),
    base: one.baseCurrency.toUpperCase(),
    quote: one.quoteCurrency.toUpperCase(),
  };
  if (type === 'SPOT_PAIR' || type === 'PERPETUAL') return { ...names, type };
  if (one.expiry === undefined) return undefined;
  const expiry = dayOfUs(one.expiry);
  if (type === 'FUTURE') return { ...names, type, expiry };
  if (one.strikePrice === null || !one.optionType) return undefined;
  return {
    ...names,
    type,
    expiry,
    strike: one.strikePrice,
    right: one.optionType === 'call' ? 'CALL' : 'PUT',
  };
}
