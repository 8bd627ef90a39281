import { silenceThresholdMs } from './silence-thresholds.js';

it.each([
  ['bbo', 60_000],
  ['trade', 300_000],
  ['trades', 300_000],
  ['mark_price', 10_000],
  ['funding', 32_400_000],
  ['a stream that nobody told of', 300_000],
])('%s may be silent for %s ms', (stream, thresholdMs) => {
  expect(silenceThresholdMs(stream)).toBe(thresholdMs);
});
