import fc from 'fast-check';
import {
  addDays,
  compactDay,
  dayOfMs,
  daysBetween,
  parseUtcDay,
  startOfDayMs,
  type UtcDay,
} from './utc-day.js';

const FIRST = parseUtcDay('0000-01-01');
const LAST = parseUtcDay('9999-12-31');
const anyDay = fc
  .date({ min: new Date(startOfDayMs(FIRST)), max: new Date(startOfDayMs(LAST)), noInvalidDate: true })
  .map((date) => dayOfMs(date.getTime()));

describe('parseUtcDay', () => {
  it.each([
    ['20260203', '2026-02-03'],
    ['2026-02-03', '2026-02-03'],
    ['20260131', '2026-01-31'],
    ['2026-02-28', '2026-02-28'],
    ['2024-02-29', '2024-02-29'],
    ['20000229', '2000-02-29'],
    ['0000-02-29', '0000-02-29'],
    ['00000101', '0000-01-01'],
    ['0099-12-31', '0099-12-31'],
    ['1969-12-31', '1969-12-31'],
    ['99991231', '9999-12-31'],
  ])('%s is %s', (text, expected) => {
    expect(parseUtcDay(text)).toBe(expected);
  });

  it.each([
    // Not in the calendar.
    '2026-02-30',
    '20260230',
    '2026-02-29',
    '1900-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-01-32',
    '2026-01-00',
    '2026-00-01',
    '2026-13-01',
    // Dashes are all there or none is.
    '2026-0203',
    '202602-03',
    '-20260203',
    '2026--0203',
    '2026-02-03-',
    // Other ways to write a day.
    '',
    '2026',
    '2026-02',
    '2026-2-3',
    '202623',
    '26-02-03',
    '12026-02-03',
    '+2026-02-03',
    '2026/02/03',
    '2026_02_03',
    '2026-034',
    '2026-02-03T00:00:00Z',
    ' 2026-02-03',
    '2026-02-03\n',
    '２０２６0203',
    'yesterday',
  ])('%j is refused', (text) => {
    expect(() => parseUtcDay(text)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'DATE', details: { text } }),
    );
  });

  it('reads back what is written, with dashes and without', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(parseUtcDay(day)).toBe(day);
        expect(compactDay(day)).toMatch(/^\d{8}$/);
        expect(parseUtcDay(compactDay(day))).toBe(day);
      }),
    );
  });
});

describe('dayOfMs', () => {
  it.each([
    [0, '1970-01-01'],
    [-1, '1969-12-31'],
    [86_399_999, '1970-01-01'],
    [86_400_000, '1970-01-02'],
    [Date.UTC(2026, 1, 3, 23, 59, 59, 999), '2026-02-03'],
    [startOfDayMs(FIRST), '0000-01-01'],
    [startOfDayMs(LAST) + 86_399_999, '9999-12-31'],
  ])('%i is in %s', (ms, expected) => {
    expect(dayOfMs(ms)).toBe(expected);
  });

  it.each([startOfDayMs(FIRST) - 1, startOfDayMs(LAST) + 86_400_000, NaN, Infinity, -Infinity])(
    'refuses %p, which no four digits of a year can write',
    (ms) => {
      expect(() => dayOfMs(ms)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'DATE' }));
    },
  );

  it('is the day whose first millisecond is the last one not later', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 86_399_999 }), (day, ms) => {
        expect(dayOfMs(startOfDayMs(day) + ms)).toBe(day);
      }),
    );
  });
});

describe('addDays', () => {
  it.each([
    ['2026-02-28', 1, '2026-03-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2024-02-28', 2, '2024-03-01'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-03-01', -1, '2026-02-28'],
    ['2026-02-03', 0, '2026-02-03'],
    ['2026-02-03', 365, '2027-02-03'],
    ['0000-01-01', 3_652_424, '9999-12-31'],
  ])('%s and %i is %s', (day, count, expected) => {
    expect(addDays(parseUtcDay(day), count)).toBe(expected);
  });

  it.each([
    [FIRST, -1],
    [LAST, 1],
  ])('refuses %s and %i', (day, count) => {
    expect(() => addDays(day, count)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it('is undone by its opposite, and the order of days is that of their texts', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (a, b) => {
        const count = (startOfDayMs(b) - startOfDayMs(a)) / 86_400_000;
        expect(addDays(a, count)).toBe(b);
        expect(addDays(b, -count)).toBe(a);
        expect(a < b).toBe(count > 0);
      }),
    );
  });
});

describe('daysBetween', () => {
  const between = (first: string, last: string): readonly UtcDay[] =>
    daysBetween(parseUtcDay(first), parseUtcDay(last));

  it('has both ends', () => {
    expect(between('2024-02-27', '2024-03-01')).toEqual([
      '2024-02-27',
      '2024-02-28',
      '2024-02-29',
      '2024-03-01',
    ]);
    expect(between('2026-02-03', '2026-02-03')).toEqual(['2026-02-03']);
  });

  it('is empty when the first is later', () => {
    expect(between('2026-02-04', '2026-02-03')).toEqual([]);
    expect(between('2027-02-03', '2026-02-03')).toEqual([]);
  });

  it('ends with the last day there is', () => {
    expect(between('9999-12-30', '9999-12-31')).toEqual(['9999-12-30', '9999-12-31']);
  });

  it('takes 366 days of a leap year', () => {
    expect(between('2024-01-01', '2024-12-31')).toHaveLength(366);
    expect(between('2026-01-01', '2026-12-31')).toHaveLength(365);
  });
});
