import { z } from 'zod';
import { hasKeys, realEnd, textAt, type LeftOut, type ListedDocument, type Listing } from '../listing.js';
import { decimal, millis, name, word } from '../wire.js';

/**
 * `exchangeInfo` of Binance: of the spot market, of USD-M futures (`fapi`) and of COIN-M futures (`dapi`), told apart by `contractType` and
 * `contractSize`. The spot market says no dates. Its pairs in `BREAK` are delisted or to be listed, so they are left out.
 */
export function binance(document: unknown): ListedDocument | undefined {
  if (hasKeys(document, 'code', 'msg') && typeof document.code === 'number') {
    const refusal = `${document.code} ${textAt(document, 'msg')}`;
    return { source: 'binance', refusal, taken: undefined, instruments: [], listing: spot };
  }
  if (!hasKeys(document, 'symbols', 'rateLimits') || !Array.isArray(document.symbols)) return undefined;
  // A time that is none is as good as a missing one: the day is asked for where it is needed.
  const { data: taken } = millis.safeParse(hasKeys(document, 'serverTime') ? document.serverTime : undefined);
  const instruments: readonly unknown[] = document.symbols;
  const common = { refusal: undefined, taken, instruments };
  const [first] = instruments;
  if (!hasKeys(first, 'contractType')) return { source: 'binance-spot', ...common, listing: spot };
  return hasKeys(first, 'contractSize')
    ? { source: 'binance-delivery', ...common, listing: delivery }
    : { source: 'binance-futures', ...common, listing: futures };
}

const PROVIDER = { data_provider: 'binance' };

const filters = z.array(z.looseObject({ filterType: name, tickSize: decimal, minQty: decimal }));

function sizesOf(list: z.infer<typeof filters>) {
  const find = (type: string) => list.find(({ filterType }) => filterType === type);
  return { tick_size: find('PRICE_FILTER')?.tickSize ?? null, min_size: find('LOT_SIZE')?.minQty ?? null };
}

const spot = z
  .looseObject({ symbol: name, status: name, baseAsset: name, quoteAsset: name, filters })
  .transform((one): Listing => {
    const pair = { base: one.baseAsset, quote: one.quoteAsset };
    return {
      ...{ exchange: 'binance', symbol: one.symbol, type: 'SPOT_PAIR', pair },
      id: { venue: 'BINANCE', type: 'SPOT_PAIR', ...pair },
      ...{ start: undefined, end: undefined, isClosed: one.status === 'BREAK' },
      facts: { ...PROVIDER, ...sizesOf(one.filters) },
    };
  });

const contract = z.looseObject({
  ...{ symbol: name, pair: name, baseAsset: name, quoteAsset: name, marginAsset: name, filters },
  contractType: z.string().regex(/^$|PERPETUAL|MONTH|QUARTER/, 'not a type of contract that is known'),
  ...{ onboardDate: millis, deliveryDate: millis, underlyingType: word, contractSize: decimal },
  ...{ status: word, contractStatus: word },
});

const futures = contract.transform((one) => contractOf(one, 'binance-futures'));
const delivery = contract.transform((one) => contractOf(one, 'binance-delivery'));

type Contract = z.infer<typeof contract>;

function contractOf(one: Contract, exchange: 'binance-futures' | 'binance-delivery'): Listing | LeftOut {
  const { symbol, contractType } = one;
  if (contractType === '') return { symbol, reason: 'it has no type of contract' };
  const isPerpetual = contractType.includes('PERPETUAL');
  const pair = { base: one.baseAsset, quote: one.quoteAsset };
  // A contract that was settled and listed anew has another symbol (ICPUSDT_SETTLED), and would share the id.
  const usual = `${pair.base}${pair.quote}${exchange === 'binance-delivery' ? '_PERP' : ''}`;
  const isUsual = isPerpetual && symbol === usual;
  return {
    ...{ exchange, symbol, type: isPerpetual ? 'PERPETUAL' : 'FUTURE', pair },
    id: isUsual ? { venue: exchange.toUpperCase(), type: 'PERPETUAL', ...pair } : undefined,
    start: one.onboardDate,
    end: isPerpetual ? realEnd(one.deliveryDate) : one.deliveryDate,
    isClosed: ['CLOSE', 'DELIVERED'].includes(one.status ?? one.contractStatus ?? ''),
    facts: {
      ...{ ...PROVIDER, ...sizesOf(one.filters), settle_asset: one.marginAsset, underlying: one.pair },
      ...{ contract_type: contractType, asset_class: one.underlyingType, contract_size: one.contractSize },
      inverse: one.marginAsset === one.baseAsset,
      expiry: isPerpetual ? null : (one.deliveryDate ?? null),
    },
  };
}
