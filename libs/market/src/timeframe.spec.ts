import { timeframeMs } from './timeframe.js';

it.each([
  ['1s', 1000],
  ['1m', 60_000],
  ['15m', 900_000],
  ['4h', 14_400_000],
  ['1d', 86_400_000],
  ['1w', 604_800_000],
])('%s lasts %d ms', (timeframe, ms) => {
  expect(timeframeMs(timeframe)).toBe(ms);
});

it.each(['', '1', 'm', '0m', '01m', '1M', '1.5h', '-1m', '1m ', 'constructor'])(
  '%j is no timeframe',
  (text) => {
    expect(() => timeframeMs(text)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'TIMEFRAME' }));
  },
);
