import { z } from 'zod';
import { hasKeys, realEnd, textAt, type ListedDocument, type Listing } from '../listing.js';
import { decimal, millis, name, word } from '../wire.js';

/**
 * `v5/market/instruments-info` of Bybit: spot, linear, inverse and options, told by `category`, or by the first instrument where it is
 * missing. The delivery time of a perpetual is that of its delisting.
 */
export function bybit(document: unknown): ListedDocument | undefined {
  if (!hasKeys(document, 'retCode', 'result')) return undefined;
  const { retCode, result } = document;
  const refusal = retCode === 0 ? undefined : `${String(retCode)} ${textAt(document, 'retMsg')}`;
  const list = hasKeys(result, 'list') && Array.isArray(result.list) ? result.list : undefined;
  if (refusal === undefined && list === undefined) return undefined;
  const instruments: readonly unknown[] = list ?? [];
  const market = hasKeys(result, 'category') ? textAt(result, 'category') : marketName(instruments[0]);
  // A time that is none is as good as a missing one: the day is asked for where it is needed.
  const { data: taken } = millis.safeParse(hasKeys(document, 'time') ? document.time : undefined);
  return { source: market === undefined ? 'bybit' : `bybit-${market}`, refusal, taken, instruments, listing };
}

function marketName(instrument: unknown): string | undefined {
  if (instrument === undefined) return undefined;
  if (hasKeys(instrument, 'contractType')) {
    return String(instrument.contractType).startsWith('Inverse') ? 'inverse' : 'linear';
  }
  return hasKeys(instrument, 'optionsType') ? 'option' : 'spot';
}

const contractType = z.enum(['InversePerpetual', 'LinearPerpetual', 'InverseFutures', 'LinearFutures']);

const listing = z
  .looseObject({
    ...{ symbol: name, status: name, baseCoin: name, quoteCoin: name, settleCoin: word, symbolType: word },
    ...{ contractType: contractType.optional(), optionsType: z.enum(['Call', 'Put']).optional() },
    ...{ launchTime: millis, deliveryTime: millis },
    priceFilter: z.looseObject({ tickSize: decimal }),
    lotSizeFilter: z.looseObject({ minOrderQty: decimal }),
  })
  .transform((one): Listing => {
    const { symbol } = one;
    const [type, exchange] = marketOf(one);
    const isDated = type === 'FUTURE' || type === 'OPTION';
    const pair = { base: one.baseCoin, quote: one.quoteCoin };
    const isUsual = !isDated && symbol === pair.base + pair.quote;
    return {
      ...{ exchange, symbol, type, pair },
      id: isUsual ? { venue: exchange.toUpperCase(), type, ...pair } : undefined,
      start: one.launchTime,
      end: isDated ? one.deliveryTime : realEnd(one.deliveryTime),
      isClosed: one.status === 'Closed',
      facts: {
        ...{ data_provider: 'bybit', settle_asset: one.settleCoin, symbol_type: one.symbolType },
        ...{ tick_size: one.priceFilter.tickSize, min_size: one.lotSizeFilter.minOrderQty },
        expiry: isDated ? (one.deliveryTime ?? null) : null,
        ...{
          contract_type: one.contractType ?? null,
          inverse: one.contractType?.startsWith('Inverse') ?? null,
        },
      },
    };
  });

function marketOf(one: {
  readonly contractType?: string | undefined;
  readonly optionsType?: string | undefined;
}): [Listing['type'], string] {
  if (one.contractType?.endsWith('Perpetual')) return ['PERPETUAL', 'bybit'];
  if (one.contractType !== undefined) return ['FUTURE', 'bybit'];
  return one.optionsType === undefined ? ['SPOT_PAIR', 'bybit-spot'] : ['OPTION', 'bybit-options'];
}
