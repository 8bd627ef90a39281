import { parseUtcDay } from '@ticklake/core';
import { readInstruments, type InstrumentDocument } from '../read-instruments.js';

type Changes = Readonly<Record<string, unknown>>;

/** A document of instruments that was taken on 10 June 2024. */
export function readTaken(document: unknown): InstrumentDocument {
  return readInstruments(document, { file: 'a.json', day: parseUtcDay('2024-06-10') });
}

/** Milliseconds since 1970 of a UTC time. */
export function utcMs(text: string): number {
  return Date.parse(`${text}Z`);
}

/** A pair of Binance. */
export function spot(changes: Changes = {}): unknown {
  return exchangeInfo([{ ...BINANCE_SPOT, ...changes }]);
}

/** A contract of `fapi`. */
export function usd(changes: Changes = {}): unknown {
  return exchangeInfo([{ ...BINANCE_USD, ...changes }]);
}

/** A contract of `dapi`. */
export function coin(changes: Changes = {}): unknown {
  return exchangeInfo([{ ...BINANCE_COIN, ...changes }]);
}

/** An `exchangeInfo` of 11 June 2024. */
export function exchangeInfo(symbols: readonly unknown[]): unknown {
  return { timezone: 'UTC', serverTime: Date.UTC(2024, 5, 11, 12), rateLimits: [], symbols };
}

/** A contract of Bybit, in a document without a time. */
export function bybit(changes: Changes = {}): unknown {
  const list = [{ ...BYBIT_CONTRACT, ...changes }];
  return { retCode: 0, retMsg: 'OK', result: { category: 'linear', list, nextPageCursor: '' } };
}

/** An instrument of OKX. */
export function okx(changes: Changes = {}): unknown {
  return { code: '0', msg: '', data: [{ ...OKX_SWAP, ...changes }] };
}

/** An instrument of Deribit, in a document of 11 June 2024. */
export function deribit(changes: Changes = {}): unknown {
  const result = [{ ...DERIBIT_OPTION, ...changes }];
  return { jsonrpc: '2.0', id: 1, result, usOut: 1_718_100_000_000_000 };
}

/** An instrument of Tardis. */
export function tardis(changes: Changes = {}): unknown {
  return [{ ...TARDIS_FUTURE, ...changes }];
}

const filters = [
  { filterType: 'PRICE_FILTER', minPrice: '0.10', maxPrice: '100000', tickSize: '0.10' },
  { filterType: 'LOT_SIZE', minQty: '1', maxQty: '1000', stepSize: '1' },
];

/** A pair of Binance whose symbol could be cut in two places. */
const BINANCE_SPOT = {
  ...{ symbol: 'ADAEUR', status: 'TRADING', baseAsset: 'ADA', quoteAsset: 'EUR', filters },
};

/** A perpetual of `fapi`. */
const BINANCE_USD = {
  ...{ symbol: 'BTCUSDT', pair: 'BTCUSDT', contractType: 'PERPETUAL', status: 'TRADING', filters },
  ...{ baseAsset: 'BTC', quoteAsset: 'USDT', marginAsset: 'USDT', underlyingType: 'COIN' },
  ...{ onboardDate: Date.UTC(2019, 8, 25, 8), deliveryDate: 4133404800000 },
};

/** A perpetual of `dapi`. */
const BINANCE_COIN = {
  ...{ symbol: 'BTCUSD_PERP', pair: 'BTCUSD', contractType: 'PERPETUAL', contractStatus: 'TRADING', filters },
  ...{ baseAsset: 'BTC', quoteAsset: 'USD', marginAsset: 'BTC', underlyingType: 'COIN', contractSize: 100 },
  ...{ onboardDate: Date.UTC(2020, 7, 10, 7), deliveryDate: 4133404800000 },
};

/** A linear perpetual of Bybit. */
const BYBIT_CONTRACT = {
  ...{ symbol: 'BTCUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'BTC' },
  ...{ quoteCoin: 'USDT', settleCoin: 'USDT', symbolType: '', deliveryTime: '0' },
  launchTime: String(Date.UTC(2020, 2, 30, 8)),
  ...{ priceFilter: { tickSize: '0.10' }, lotSizeFilter: { minOrderQty: '0.001' } },
};

/** A linear swap of OKX. */
const OKX_SWAP = {
  ...{ instId: 'BTC-USDT-SWAP', instType: 'SWAP', state: 'live', settleCcy: 'USDT', uly: 'BTC-USDT' },
  ...{ listTime: '1573557408000', expTime: '', ctType: 'linear', ctVal: '0.01', stk: '' },
  ...{ tickSz: '0.1', minSz: '0.01' },
};

/** A linear option of Deribit whose strike is below one. */
const DERIBIT_OPTION = {
  ...{ instrument_name: 'XRP_USDC-30JUN23-0d5-C', kind: 'option', option_type: 'call', strike: 0.5 },
  ...{ creation_timestamp: Date.UTC(2023, 4, 1, 8), expiration_timestamp: Date.UTC(2023, 5, 30, 8) },
  ...{ is_active: true, settlement_period: 'month', settlement_currency: 'USDC', instrument_type: 'linear' },
  ...{ price_index: 'xrp_usdc', contract_size: 1000, tick_size: 1e-7, min_trade_amount: 1000 },
};

/** A future that Tardis has. */
const TARDIS_FUTURE = {
  ...{ id: 'XBTM20', exchange: 'bitmex', baseCurrency: 'BTC', quoteCurrency: 'USD', type: 'future' },
  ...{ active: false, availableSince: '2019-12-13T00:00:00.000Z', availableTo: '2020-06-27T00:00:00.000Z' },
  ...{ expiry: '2020-06-26T12:00:00.000Z', priceIncrement: 0.5, amountIncrement: 1, minTradeAmount: 1 },
};
