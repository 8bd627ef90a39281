import fc from 'fast-check';
import { daysOfPeriod, groupByPeriod, partitionDate, periodText, unitsOfDay } from './partition-period.js';

it.each([
  [0, '1970-01-01', '1970-01'],
  [-1, '1969-12-31', '1969-12'],
  [19_782, '2024-02-29', '2024-02'],
  [19_783, '2024-03-01', '2024-03'],
])('day %i is %s, of %s', (dayNumber, day, month) => {
  expect(periodText(dayNumber, 'day')).toBe(day);
  expect(periodText(dayNumber, 'month')).toBe(month);
  expect(daysOfPeriod(day)).toEqual({ firstDay: dayNumber, endDay: dayNumber + 1 });
});

it('names dates as directories do', () => {
  expect(partitionDate(19_782, 'day')).toEqual({ year: 2024, month: 2, day: 29 });
  expect(partitionDate(19_782, 'month')).toEqual({ year: 2024, month: 2, day: undefined });
});

it.each([
  ['2023-02', 28],
  ['2024-02', 29],
  ['2024-12', 31],
])('%s has %i days', (month, days) => {
  const { firstDay, endDay } = daysOfPeriod(month);
  expect(endDay - firstDay).toBe(days);
});

it.each(['2024-13', '2024-00', '2024', '2024-02-30', ''])('%j is neither a day nor a month', (text) => {
  expect(() => daysOfPeriod(text)).toThrow(expect.objectContaining({ code: 'DATE' }));
});

it('puts every row to the month that its day is of, whatever the order', () => {
  const inTime = fc.array(fc.integer({ min: 7_305, max: 47_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(inTime, fc.constantFrom('ms' as const, 'us' as const), (days, unit) => {
      const times = Float64Array.from(days, (day, i) => day * unitsOfDay(unit) + i);
      const groups = groupByPeriod(times, { unit, period: 'month' });
      const seen = new Map<number, string>();
      for (const { key, rows } of groups) {
        const all =
          rows instanceof Uint32Array
            ? [...rows]
            : Array.from({ length: rows[1] - rows[0] }, (_, i) => rows[0] + i);
        expect(periodText(key, 'day').slice(8)).toBe('01');
        for (const row of all) seen.set(row, periodText(key, 'month'));
      }
      expect(days.map((_, row) => seen.get(row))).toEqual(days.map((day) => periodText(day, 'month')));
    }),
  );
});
