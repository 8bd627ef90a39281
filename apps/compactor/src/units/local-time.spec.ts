import { localTimeOf } from './local-time.js';

const noon = Date.UTC(2026, 1, 3, 12);

it.each<[string, string, number, string]>([
  ['02:30', 'Europe/Istanbul', noon, '05:30'],
  ['02:30', 'UTC', noon, '02:30'],
  ['23:30', 'Asia/Kolkata', noon, '05:00'],
  ['01:00', 'America/New_York', noon, '20:00'],
  // The night in which summer time begins: the next 02:30 is after the change.
  ['02:30', 'Europe/Berlin', Date.UTC(2026, 2, 28, 12), '04:30'],
  ['02:30', 'Europe/Berlin', Date.UTC(2026, 2, 28, 1), '03:30'],
])('%s UTC is told in %s', (at, timeZone, nowMs, expected) => {
  expect(localTimeOf(at, timeZone, nowMs)).toBe(expected);
});

it('refuses a time zone that is none', () => {
  expect(() => localTimeOf('02:30', 'Europe/Atlantis', noon)).toThrow(
    expect.objectContaining({ kind: 'invalid' }),
  );
});
