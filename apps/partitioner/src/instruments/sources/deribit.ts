import { z } from 'zod';
import { hasKeys, realEnd, textAt, type LeftOut, type ListedDocument, type Listing } from '../listing.js';
import { decimal, millis, name, word } from '../wire.js';

/**
 * `public/get_instruments` and `public/get_instrument` of Deribit, with their JSON-RPC envelope. Combinations of several instruments are none
 * and are left out. What has no end ends in the year 3000 there, and in none here.
 */
export function deribit(document: unknown): ListedDocument | undefined {
  if (!hasKeys(document, 'jsonrpc')) return undefined;
  const common = { source: 'deribit', taken: takenAt(document), listing };
  if (hasKeys(document, 'error')) return { ...common, refusal: errorOf(document.error), instruments: [] };
  if (!hasKeys(document, 'result')) return undefined;
  const { result } = document;
  if (Array.isArray(result)) return { ...common, refusal: undefined, instruments: result };
  if (!hasKeys(result, 'instrument_name', 'kind')) return undefined;
  return { ...common, refusal: undefined, instruments: [result] };
}

/** `usOut` is when the server answered, in microseconds. */
function takenAt(document: unknown): bigint | undefined {
  const parsed = z.looseObject({ usOut: z.int().positive() }).safeParse(document);
  return parsed.success ? BigInt(parsed.data.usOut) : undefined;
}

function errorOf(error: unknown): string {
  return hasKeys(error, 'code', 'message') ? `${textAt(error, 'code')} ${textAt(error, 'message')}` : 'error';
}

const PLAIN = { future: 'FUTURE', option: 'OPTION', spot: 'SPOT_PAIR' } as const;

const listing = z
  .looseObject({
    ...{ instrument_name: name, kind: z.enum(['future', 'option', 'spot', 'future_combo', 'option_combo']) },
    ...{ creation_timestamp: millis, expiration_timestamp: millis, is_active: z.boolean() },
    ...{ settlement_period: word, settlement_currency: word, instrument_type: word, price_index: word },
    ...{ strike: decimal, contract_size: decimal, tick_size: decimal, min_trade_amount: decimal },
  })
  .transform((one): Listing | LeftOut => {
    const { kind, instrument_name: symbol, instrument_type: contractType } = one;
    if (kind === 'future_combo' || kind === 'option_combo') {
      return { symbol, reason: 'it is a combination of instruments' };
    }
    const type = one.settlement_period === 'perpetual' ? 'PERPETUAL' : PLAIN[kind];
    const isPair = type === 'SPOT_PAIR';
    const isDated = type === 'FUTURE' || type === 'OPTION';
    const end = one.expiration_timestamp;
    return {
      ...{ exchange: 'deribit', symbol, type, pair: undefined, id: undefined },
      start: one.creation_timestamp,
      end: isDated ? end : realEnd(end),
      isClosed: !one.is_active,
      facts: {
        ...{ data_provider: 'deribit', symbol_type: kind, settle_asset: one.settlement_currency },
        ...{ contract_type: isPair ? null : contractType, underlying: isPair ? null : one.price_index },
        expiry: isDated ? (end ?? null) : null,
        inverse: isPair || contractType === null ? null : contractType === 'reversed',
        ...{ strike: one.strike, contract_size: isPair ? null : one.contract_size },
        ...{ tick_size: one.tick_size, min_size: one.min_trade_amount },
      },
    };
  });
