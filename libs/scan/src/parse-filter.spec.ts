import fc from 'fast-check';
import type { Filter } from './filter.js';
import { parseFilter } from './parse-filter.js';

it.each<[string, Filter]>([
  ['price>=9000', ['price', '>=', 9000n]],
  ['price >= 9000.5', ['price', '>=', 9000.5]],
  ['price<1e-3', ['price', '<', 0.001]],
  ['ts>-9007199254740993', ['ts', '>', -9_007_199_254_740_993n]],
  ['side=buy', ['side', '=', 'buy']],
  ['side==buy', ['side', '==', 'buy']],
  ['side!="buy"', ['side', '!=', 'buy']],
  ["id='1'", ['id', '=', '1']],
  ['note="', ['note', '=', '"']],
  ['note=""', ['note', '=', '']],
  ['is_maker=true', ['is_maker', '=', true]],
  ['is_maker=false', ['is_maker', '=', false]],
  ['bids.price<=1', ['bids.price', '<=', 1n]],
  ['note=a=b', ['note', '=', 'a=b']],
  ['price <= -0.5', ['price', '<=', -0.5]],
  ['price>.25', ['price', '>', 0.25]],
  ['timestamp=1684800000000000001', ['timestamp', '=', 1_684_800_000_000_000_001n]],
  ["id='a b'", ['id', '=', 'a b']],
  ['instrument_id=BINANCE:SPOT_PAIR:BTC-USDT', ['instrument_id', '=', 'BINANCE:SPOT_PAIR:BTC-USDT']],
])('%s', (text, filter) => {
  expect(parseFilter(text)).toEqual(filter);
});

it.each(['', 'price', 'price>=', '>=1', '1>2', '1price=2', 'price~1', 'price like 1'])(
  '%j is no condition',
  (text) => {
    expect(() => parseFilter(text)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'FILTER' }));
  },
);

it('keeps whole numbers of any length', () => {
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      expect(parseFilter(`ts<${value}`)).toEqual(['ts', '<', value]);
    }),
  );
});
