import { availabilityRequest, marketRequest, type AvailabilityRead, type MlRead } from './read-request.js';

const date = '2023-05-23';
const instrumentId = 'binance:SPOT_PAIR:BTC-USDT';
const BTC = 'BINANCE:SPOT_PAIR:BTC-USDT';

it.each<[MlRead, object]>([
  [{ date }, { days: ['2023-05-23'] }],
  [{ date: '20230523' }, { days: ['2023-05-23'] }],
  [{ date: { from: '2023-02-28', to: '20230301' } }, { days: ['2023-02-28', '2023-03-01'] }],
  [{ date: { from: date, to: date } }, { days: ['2023-05-23'] }],
  [{ instrumentId }, { days: undefined, known: { instrument: BTC } }],
  [{ date, instrumentId: 'deribit:Perp:BTC-USD' }, { known: { instrument: 'DERIBIT:PERPETUAL:BTC-USD' } }],
  [{ date, venue: 'Binance' }, { known: { venue: 'BINANCE' } }],
  [{ date, venue: 'binance', instrumentId }, { known: { venue: 'BINANCE', instrument: BTC } }],
  [{ date, timeframe: '1h' }, { known: { timeframe: '1h', dataType: undefined } }],
  [{ date, timeframe: '1h', dataType: 'ohlcv_1h' }, { known: { timeframe: '1h', dataType: 'ohlcv_1h' } }],
  [{ date, columns: ['price'] }, { options: { columns: ['price'] } }],
])('%j is asked for', (read, expected) => {
  expect(marketRequest('ml', read)).toMatchObject({ tier: 'ml', ...expected });
});

const range = (from: string, to: string) => ({ date: { from, to } });

it.each<[string, 'execution' | 'ml', MlRead, string]>([
  ['nothing', 'execution', {}, 'DATE'],
  ['a venue only', 'execution', { venue: 'binance' }, 'DATE'],
  ['a day that there is none', 'execution', { date: '2023-02-29' }, 'DATE'],
  ['a day in words', 'execution', { date: 'yesterday' }, 'DATE'],
  ['an empty day', 'execution', { date: '' }, 'DATE'],
  ['a range that ends before it begins', 'execution', range('2023-05-24', '2023-05-23'), 'DATE'],
  ['a range of more than ten years', 'execution', range('2010-01-01', '2023-01-01'), 'DATE'],
  ['an instrument that is no id', 'execution', { instrumentId: 'BTC-USDT' }, 'INSTRUMENT_ID'],
  ['an instrument of no type', 'execution', { instrumentId: 'binance:THING:BTC-USDT' }, 'INSTRUMENT_ID'],
  ['an instrument of another venue', 'execution', { date, venue: 'okx', instrumentId }, 'NAME'],
  ['a venue that no path has', 'execution', { date, venue: '../x' }, 'NAME'],
  ['an empty venue', 'execution', { date, venue: '' }, 'NAME'],
  ['a data type that there is none', 'execution', { date, dataType: 'trade' }, 'DATA_TYPE'],
  ['a data type of another tier', 'execution', { date, dataType: 'ohlcv_1m' }, 'DATA_TYPE'],
  ['ticks by timeframe', 'execution', { date, timeframe: '1m' }, 'DATA_TYPE'],
  ['candles that there are none', 'ml', { date, timeframe: '7m' }, 'DATA_TYPE'],
  ['candles of another timeframe', 'ml', { date, timeframe: '1h', dataType: 'ohlcv_1m' }, 'NAME'],
  ['features by timeframe', 'ml', { date, timeframe: '1h', dataType: 'technical_features' }, 'NAME'],
])('%s: refused at once', (_, tier, read, code) => {
  expect(() => marketRequest(tier, read)).toThrow(expect.objectContaining({ kind: 'invalid', code }));
});

it('instruments are asked for by a day, a venue and a type in any spelling', () => {
  expect(availabilityRequest({ date, venue: 'okx', instrumentType: 'perp' })).toEqual({
    tier: 'availability',
    days: [date],
    known: { venue: 'OKX', instrumentType: 'PERPETUAL' },
    options: {},
  });
});

it.each<[string, AvailabilityRead, string]>([
  ['no day', {} as AvailabilityRead, 'DATE'],
  ['a type that there is none', { date, instrumentType: 'thing' }, 'INSTRUMENT_TYPE'],
  ['a venue that no path has', { date, venue: 'a/b' }, 'NAME'],
])('instruments by %s: refused at once', (_, read, code) => {
  expect(() => availabilityRequest(read)).toThrow(expect.objectContaining({ kind: 'invalid', code }));
});
