import { readInstruments } from './read-instruments.js';
import {
  bybit,
  deribit,
  exchangeInfo,
  okx,
  readTaken,
  spot,
  tardis,
  usd,
  utcMs,
} from './spec-support/documents.js';

describe('readInstruments', () => {
  it.each<[document: unknown, symbol: string, reason: string]>([
    [spot({ status: 'BREAK' }), 'ADAEUR', 'it is not listed, and does not say when it was'],
    [spot({ quoteAsset: 'AEUR', baseAsset: 'AD' }), 'ADAEUR', 'its symbol means BINANCE:SPOT_PAIR:ADA-EUR'],
    [
      usd({ symbol: '币安人生USDT', baseAsset: '币安人生' }),
      '币安人生USDT',
      'its names are none that an instrument id can have',
    ],
    [
      usd({ symbol: 'BTCUSDT_SETTLED' }),
      'BTCUSDT_SETTLED',
      'its symbol does not tell which instrument it is',
    ],
    [usd({ contractType: '' }), 'BTCUSDT', 'it has no type of contract'],
    [
      bybit({ status: 'Closed', launchTime: '0' }),
      'BTCUSDT',
      'it is not listed, and does not say when it was',
    ],
    [
      bybit({ launchTime: '0', deliveryTime: String(utcMs('2024-06-09T08:00')) }),
      'BTCUSDT',
      'it is not listed, and does not say when it was',
    ],
    [
      okx({ instId: 'BTC-USD_UM-SWAP' }),
      'BTC-USD_UM-SWAP',
      'its symbol does not tell which instrument it is',
    ],
    [okx({ state: 'test' }), 'BTC-USDT-SWAP', 'it is there to try things out'],
    [
      okx({ state: 'preopen', listTime: '' }),
      'BTC-USDT-SWAP',
      'it is not listed, and does not say when it was',
    ],
    [okx({ instType: 'SPOT' }), 'BTC-USDT-SWAP', 'its symbol does not tell which instrument it is'],
    [deribit({ kind: 'option_combo' }), 'XRP_USDC-30JUN23-0d5-C', 'it is a combination of instruments'],
    [
      deribit({ kind: 'future' }),
      'XRP_USDC-30JUN23-0d5-C',
      'its symbol means DERIBIT:OPTION:XRP-USDC-230630-0.5-CALL',
    ],
    [tardis({ type: 'combo' }), 'XBTM20', 'it is a combo'],
    [tardis({ aliasFor: 'XBTH20' }), 'XBTM20', 'it is an alias of XBTH20'],
    [
      tardis({ id: 'BTC_CQ', exchange: 'huobi-dm' }),
      'BTC_CQ',
      'its symbol does not tell which instrument it is',
    ],
  ])('leaves out %#: %s', (document, symbol, reason) => {
    expect(readTaken(document)).toMatchObject({ instruments: [], leftOut: [{ symbol, reason }] });
  });

  it.each([
    okx({ listTime: '' }),
    tardis({ active: false, type: 'perpetual', id: 'XBTUSD', availableTo: undefined }),
  ])('asks for the day where it is needed: %#', (document) => {
    expect(() => readInstruments(document, { file: 'a.json', day: undefined })).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'DATE', details: { file: 'a.json' } }),
    );
  });

  it.each([
    ...[
      {},
      [],
      [{}],
      null,
      'text',
      5,
      { symbols: [] },
      { jsonrpc: '2.0', result: 5 },
      { code: '0', msg: '' },
    ],
    { retCode: 0, result: {} },
  ])('refuses what has no known shape: %j', (document) => {
    expect(() => readTaken(document)).toThrow(
      expect.objectContaining({ kind: 'corrupt', code: 'INSTRUMENTS', details: { file: 'a.json' } }),
    );
  });

  it.each<[unknown, string, string]>([
    [{ code: -1121, msg: 'Invalid symbol.' }, 'binance', '-1121 Invalid symbol.'],
    [{ retCode: 10001, retMsg: 'params error', result: {} }, 'bybit', '10001 params error'],
    [{ code: '50011', msg: 'Too Many Requests' }, 'okx', '50011 Too Many Requests'],
    [
      { jsonrpc: '2.0', error: { code: -32602, message: 'Invalid params' } },
      'deribit',
      '-32602 Invalid params',
    ],
    [{ code: 101, message: 'Invalid API key' }, 'tardis', '101 Invalid API key'],
  ])('refuses %j as an error of the exchange', (document, source, reason) => {
    expect(() => readTaken(document)).toThrow(
      expect.objectContaining({
        ...{ kind: 'corrupt', code: 'EXCHANGE_ERROR' },
        details: { file: 'a.json', source, reason },
      }),
    );
  });

  it.each<[unknown, string]>([
    [spot({ baseAsset: undefined }), 'baseAsset: '],
    [spot({ filters: [{ filterType: 'PRICE_FILTER', tickSize: 'x' }] }), 'filters.0.tickSize: '],
    [usd({ contractType: 'WEEKLY' }), 'contractType: not a type of contract that is known'],
    [usd({ onboardDate: -1 }), 'onboardDate: '],
    [
      usd({ deliveryDate: utcMs('2019-09-24T00:00') }),
      'it ends on 2019-09-24, before it begins on 2019-09-25',
    ],
    [bybit({ contractType: 'Moon' }), 'contractType: '],
    [bybit({ launchTime: 'soon' }), 'launchTime: not milliseconds since 1970'],
    [okx({ instType: 'EVENTS' }), 'instType: '],
    [okx({ tickSz: '1e-8' }), 'tickSz: not a decimal'],
    [deribit({ kind: 'bond' }), 'kind: '],
    [deribit({ is_active: 'yes' }), 'is_active: '],
    [tardis({ expiry: '2020-06-31T12:00:00.000Z' }), 'expiry: '],
    [exchangeInfo([5]), 'expected object'],
  ])('refuses a malformed instrument: %#', (document, reason) => {
    expect(() => readTaken(document)).toThrow(
      expect.objectContaining({
        ...{ kind: 'corrupt', code: 'INSTRUMENTS' },
        details: expect.objectContaining({
          ...{ file: 'a.json', index: expect.any(Number), reason: expect.stringContaining(reason) },
        }),
      }),
    );
  });
});
