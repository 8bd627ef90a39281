import { parseUtcDay } from '@ticklake/core';
import { reportDays } from './quality-report.js';

const day = parseUtcDay;
const today = day('20260302');

it.each([
  ['two weeks up to yesterday', {}, ['2026-02-16', '2026-03-01'], 14],
  ['as many as asked for', { days: 2 }, ['2026-02-28', '2026-03-01'], 2],
  ['one where only the first is given', { dateFrom: day('20260210') }, ['2026-02-10', '2026-02-10'], 1],
  ['a range', { dateFrom: day('20260210'), dateTo: day('20260212') }, ['2026-02-10', '2026-02-12'], 3],
])('the days of a report: %s', (_what, config, ends, count) => {
  const days = reportDays(config, today);
  expect([days[0], days.at(-1)]).toEqual(ends);
  expect(days).toHaveLength(count);
});

it.each([
  ['an end without a beginning', { dateTo: day('20260210') }],
  ['days and dates', { days: 3, dateFrom: day('20260210') }],
  ['an end before the beginning', { dateFrom: day('20260210'), dateTo: day('20260209') }],
])('%s is refused', (_what, config) => {
  expect(() => reportDays(config, today)).toThrow(expect.objectContaining({ kind: 'invalid' }));
});
