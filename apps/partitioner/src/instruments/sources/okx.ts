import { z } from 'zod';
import { hasKeys, realEnd, textAt, type LeftOut, type ListedDocument, type Listing } from '../listing.js';
import { decimal, millis, name, word } from '../wire.js';

/**
 * `public/instruments` of OKX, of any type: what a symbol is stands in its id. A pair that can be traded on margin is the pair of the spot
 * market, so the two give one row where they say the same. The document has no time of its own.
 */
export function okx(document: unknown): ListedDocument | undefined {
  if (!hasKeys(document, 'code', 'msg') || typeof document.code !== 'string') return undefined;
  const refusal = document.code === '0' ? undefined : `${document.code} ${textAt(document, 'msg')}`;
  const data = hasKeys(document, 'data') && Array.isArray(document.data) ? document.data : undefined;
  if (refusal === undefined && data === undefined) return undefined;
  const instruments: readonly unknown[] = data ?? [];
  return { source: 'okx', refusal, taken: undefined, instruments, listing };
}

const MARKETS: Readonly<Record<string, readonly [Listing['type'], string]>> = {
  SPOT: ['SPOT_PAIR', 'okex'],
  MARGIN: ['SPOT_PAIR', 'okex'],
  SWAP: ['PERPETUAL', 'okex-swap'],
  FUTURES: ['FUTURE', 'okex-futures'],
  OPTION: ['OPTION', 'okex-options'],
};

const listing = z
  .looseObject({
    ...{ instId: name, instType: z.enum(['SPOT', 'MARGIN', 'SWAP', 'FUTURES', 'OPTION']), state: name },
    ...{ listTime: millis, expTime: millis, settleCcy: word, uly: word, ctType: word },
    ...{ ctVal: decimal, stk: decimal, tickSz: decimal, minSz: decimal },
  })
  .transform((one): Listing | LeftOut => {
    if (one.state === 'test') return { symbol: one.instId, reason: 'it is there to try things out' };
    const [type, exchange] = MARKETS[one.instType] ?? ['SPOT_PAIR', 'okex'];
    const isDated = type === 'FUTURE' || type === 'OPTION';
    const isPair = type === 'SPOT_PAIR';
    return {
      ...{ exchange, symbol: one.instId, type, pair: undefined, id: undefined },
      start: one.listTime,
      end: isDated ? one.expTime : realEnd(one.expTime),
      isClosed: one.state === 'expired' || (one.state === 'preopen' && one.listTime === undefined),
      facts: {
        ...{ data_provider: 'okx', symbol_type: isPair ? 'SPOT' : one.instType, settle_asset: one.settleCcy },
        ...{ underlying: isPair ? null : one.uly, contract_type: one.ctType, contract_size: one.ctVal },
        ...{ tick_size: one.tickSz, min_size: one.minSz, strike: one.stk },
        expiry: isDated ? (one.expTime ?? null) : null,
        inverse: one.ctType === null ? null : one.ctType === 'inverse',
      },
    };
  });
