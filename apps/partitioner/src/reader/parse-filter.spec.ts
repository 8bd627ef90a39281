import { parseFilter } from './parse-filter.js';

describe('parseFilter', () => {
  it.each<[string, ReturnType<typeof parseFilter>]>([
    ['price>=9000', ['price', '>=', 9000n]],
    ['price <= -0.5', ['price', '<=', -0.5]],
    ['price<1e3', ['price', '<', 1000]],
    ['price>.25', ['price', '>', 0.25]],
    ['timestamp=1684800000000000001', ['timestamp', '=', 1684800000000000001n]],
    ['side==buy', ['side', '==', 'buy']],
    ['side!=sell', ['side', '!=', 'sell']],
    ['id="42"', ['id', '=', '42']],
    ["id='a b'", ['id', '=', 'a b']],
    ['inverse=true', ['inverse', '=', true]],
    ['instrument_id=BINANCE:SPOT_PAIR:BTC-USDT', ['instrument_id', '=', 'BINANCE:SPOT_PAIR:BTC-USDT']],
    ['symbol="', ['symbol', '=', '"']],
  ])('%s', (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
  });

  it.each(['', 'price', 'price>=', '>=1', '1>2', 'price like 1'])('refuses %j', (text) => {
    expect(() => parseFilter(text)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'FILTER' }));
  });
});
