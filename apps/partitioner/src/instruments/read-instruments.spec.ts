import { formatInstrumentId, instrumentOfSymbol } from '@ticklake/market';
import { instrumentBatch } from './instrument-batch.js';
import { readInstruments } from './read-instruments.js';
import { bybit, coin, deribit, okx, readTaken, spot, tardis, usd, utcMs } from './spec-support/documents.js';

const option = {
  instId: 'BTC-USD-240628-60000-C',
  instType: 'OPTION',
  stk: '60000',
  ctType: '',
  uly: 'BTC-USD',
};
const dated = { contractType: 'CURRENT_QUARTER', deliveryDate: utcMs('2024-06-28T08:00') };

describe('readInstruments', () => {
  it.each<[name: string, document: unknown, row: string]>([
    ['a pair', spot(), 'BINANCE:SPOT_PAIR:ADA-EUR 2024-06-10 null'],
    ['a halted pair', spot({ status: 'HALT' }), 'BINANCE:SPOT_PAIR:ADA-EUR 2024-06-10 null'],
    [
      'a pair that its symbol does not tell',
      spot({ symbol: 'FOOAEUR', baseAsset: 'FOO', quoteAsset: 'AEUR' }),
      'BINANCE:SPOT_PAIR:FOO-AEUR 2024-06-10 null',
    ],
    ['a perpetual', usd(), 'BINANCE-FUTURES:PERPETUAL:BTC-USDT 2019-09-25 null'],
    [
      'a perpetual in a new quote',
      usd({ symbol: 'BTCUSD1', quoteAsset: 'USD1' }),
      'BINANCE-FUTURES:PERPETUAL:BTC-USD1 2019-09-25 null',
    ],
    [
      'a perpetual of another kind',
      usd({ contractType: 'TRADIFI_PERPETUAL' }),
      'BINANCE-FUTURES:PERPETUAL:BTC-USDT 2019-09-25 null',
    ],
    [
      'a delisted perpetual',
      usd({ status: 'SETTLING', deliveryDate: utcMs('2024-05-01T09:00') }),
      'BINANCE-FUTURES:PERPETUAL:BTC-USDT 2019-09-25 2024-05-01',
    ],
    [
      'a closed perpetual without a date',
      usd({ status: 'CLOSE' }),
      'BINANCE-FUTURES:PERPETUAL:BTC-USDT 2019-09-25 2024-06-10',
    ],
    [
      'a perpetual that is to be listed',
      usd({ status: 'PENDING_TRADING', onboardDate: utcMs('2024-07-01T08:00') }),
      'BINANCE-FUTURES:PERPETUAL:BTC-USDT 2024-07-01 null',
    ],
    [
      'a future',
      usd({ symbol: 'BTCUSDT_240628', ...dated }),
      'BINANCE-FUTURES:FUTURE:BTC-USDT-240628 2019-09-25 2024-06-28',
    ],
    ['an inverse perpetual', coin(), 'BINANCE-DELIVERY:PERPETUAL:BTC-USD 2020-08-10 null'],
    [
      'an inverse future',
      coin({ symbol: 'BTCUSD_240628', ...dated }),
      'BINANCE-DELIVERY:FUTURE:BTC-USD-240628 2020-08-10 2024-06-28',
    ],
    ['a perpetual of Bybit', bybit(), 'BYBIT:PERPETUAL:BTC-USDT 2020-03-30 null'],
    [
      'a perpetual in USDC',
      bybit({ symbol: 'BTCPERP', quoteCoin: 'USDC' }),
      'BYBIT:PERPETUAL:BTC-USDC 2020-03-30 null',
    ],
    [
      'a future of Bybit',
      bybit({
        ...{ symbol: 'BTCUSDU24', quoteCoin: 'USD', settleCoin: 'BTC', contractType: 'InverseFutures' },
        deliveryTime: String(utcMs('2024-09-27T08:00')),
      }),
      'BYBIT:FUTURE:BTC-USD-240927 2020-03-30 2024-09-27',
    ],
    ['a swap', okx(), 'OKX-SWAP:PERPETUAL:BTC-USDT 2019-11-12 null'],
    [
      'a delisted swap',
      okx({ expTime: String(utcMs('2024-06-30T08:00')) }),
      'OKX-SWAP:PERPETUAL:BTC-USDT 2019-11-12 2024-06-30',
    ],
    [
      'an option of OKX',
      okx({ ...option, expTime: String(utcMs('2024-06-28T08:00')) }),
      'OKX-OPTIONS:OPTION:BTC-USD-240628-60000-CALL 2019-11-12 2024-06-28',
    ],
    [
      'an option without an instant of expiry',
      okx(option),
      'OKX-OPTIONS:OPTION:BTC-USD-240628-60000-CALL 2019-11-12 2024-06-28',
    ],
    ['an option of Deribit', deribit(), 'DERIBIT:OPTION:XRP-USDC-230630-0.5-CALL 2023-05-01 2023-06-30'],
    [
      'a pair of Deribit',
      deribit({
        ...{ instrument_name: 'BTC_USDC', kind: 'spot', strike: undefined },
        expiration_timestamp: 32503708800000,
      }),
      'DERIBIT:SPOT_PAIR:BTC-USDC 2023-05-01 null',
    ],
    [
      'a future of Tardis, which is there a day longer than it trades',
      tardis(),
      'BITMEX:FUTURE:BTC-USD-200626 2019-12-13 2020-06-26',
    ],
    [
      'one that is gone before it expires',
      tardis({ availableTo: '2020-06-20T00:00:00.000Z' }),
      'BITMEX:FUTURE:BTC-USD-200626 2019-12-13 2020-06-19',
    ],
    [
      'one that was listed before it is there',
      tardis({ listing: '2019-12-01T10:00:00.000Z' }),
      'BITMEX:FUTURE:BTC-USD-200626 2019-12-01 2020-06-26',
    ],
    [
      'a perpetual whose boundary is at midnight',
      tardis({ id: 'XBTUSD', type: 'perpetual', expiry: undefined, availableTo: '2021-01-02T00:00:00.000Z' }),
      'BITMEX:PERPETUAL:BTC-USD 2019-12-13 2021-01-01',
    ],
    [
      'a market that no rule knows',
      tardis({ id: 'BTC-28JUN24', exchange: 'cme', availableTo: undefined, expiry: '2024-06-28T15:00:00Z' }),
      'CME:FUTURE:BTC-USD-240628 2019-12-13 2024-06-28',
    ],
    [
      'an option of such a market',
      tardis({
        ...{ id: 'X', exchange: 'delta', type: 'option', expiry: '2020-06-26T12:00:00Z' },
        ...{ strikePrice: 0.5, optionType: 'put', availableTo: undefined },
      }),
      'DELTA:OPTION:BTC-USD-200626-0.5-PUT 2019-12-13 2020-06-26',
    ],
    [
      'a pair of OKX that its symbol does not tell',
      tardis({ id: 'btc_eur', exchange: 'okex', type: 'spot', expiry: undefined, quoteCurrency: 'EUR' }),
      'OKX:SPOT_PAIR:BTC-EUR 2019-12-13 2020-06-26',
    ],
  ])('%s', (_, document, row) => {
    const { instruments, leftOut } = readTaken(document);
    expect(leftOut).toEqual([]);
    expect(
      instruments.map((one) => `${one.instrument_id} ${one.available_from} ${one.available_to}`),
    ).toEqual([row]);
    for (const { venue, exchange_raw_symbol: symbol, instrument_id: id } of instruments) {
      const told = instrumentOfSymbol(venue.toLowerCase().replace(/^okx/, 'okex'), symbol ?? '');
      expect(told === undefined ? id : formatInstrumentId(told)).toBe(id);
    }
  });

  it('keeps decimals and words as they are', () => {
    expect(readTaken(coin()).instruments[0]).toMatchObject({
      ...{ contract_size: '100', tick_size: '0.10', min_size: '1', settle_asset: 'BTC', inverse: true },
      ...{ underlying: 'BTCUSD', contract_type: 'PERPETUAL', asset_class: 'COIN', expiry: null },
    });
    expect(readTaken(usd({ symbol: 'BTCUSDT_240628', ...dated })).instruments[0]).toMatchObject({
      ...{ inverse: false, contract_size: null, expiry: BigInt(utcMs('2024-06-28T08:00')) * 1000n },
    });
    expect(readTaken(deribit()).instruments[0]).toMatchObject({
      ...{ strike: '0.5', option_type: 'CALL', inverse: false, tick_size: '0.0000001' },
    });
    // The boundary of Tardis is no expiry.
    expect(readTaken(tardis()).instruments[0]?.expiry).toBe(BigInt(utcMs('2020-06-26T12:00')) * 1000n);
  });

  it('takes the day on which the document was taken from it, where none is given', () => {
    const undated = { file: 'a.json', day: undefined };
    expect(readInstruments(spot(), undated).instruments[0]?.available_from).toBe('2024-06-11');
    const pair = { kind: 'spot', instrument_name: 'BTC_USDC', expiration_timestamp: undefined };
    const closed = deribit({ ...pair, is_active: false });
    expect(readInstruments(closed, undated).instruments[0]?.available_to).toBe('2024-06-11');
  });

  it('a pair of OKX on margin is its pair on the spot market', () => {
    const pair = { instId: 'BTC-USDT', ctType: '', ctVal: '', settleCcy: '' };
    const rows = [okx({ ...pair, instType: 'SPOT', uly: '' }), okx({ ...pair, instType: 'MARGIN' })].flatMap(
      (document) => readTaken(document).instruments,
    );
    expect(rows).toHaveLength(2);
    expect(instrumentBatch(rows).rowCount).toBe(1);
  });
});
