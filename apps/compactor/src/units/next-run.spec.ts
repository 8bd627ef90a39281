import { localTime } from '../local-time.js';
import { nextRunMs } from './next-run.js';

const noon = Date.UTC(2026, 1, 3, 12);

it.each<[string, string, number, string]>([
  ['02:30', 'Europe/Istanbul', noon, '2026-02-04 05:30'],
  ['02:30', 'UTC', noon, '2026-02-04 02:30'],
  ['23:30', 'Asia/Kolkata', noon, '2026-02-04 05:00'],
  ['12:00', 'UTC', noon, '2026-02-04 12:00'],
  // The night in which summer time begins: the next 02:30 is after the change.
  ['02:30', 'Europe/Berlin', Date.UTC(2026, 2, 28, 12), '2026-03-29 04:30'],
  ['02:30', 'Europe/Berlin', Date.UTC(2026, 2, 28, 1), '2026-03-28 03:30'],
])('%s UTC comes next in %s', (at, timeZone, nowMs, expected) => {
  expect(localTime(nextRunMs(at, nowMs), timeZone)).toBe(`${expected} ${timeZone}`);
});
