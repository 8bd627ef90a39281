import { addDays, parseUtcDay } from '@ticklake/core';
import fc from 'fast-check';
import { describePartitionScheme } from '../testing/index.js';
import { archiveScheme, localDayScheme, tier2WeeklyScheme, tier3DailyScheme } from './tiers.js';

const days = fc.nat({ max: 40_000 }).map((count) => addDays(parseUtcDay('1990-01-01'), count));

describePartitionScheme(
  'an hour of an archive',
  archiveScheme,
  fc.record({ day: days, hour: fc.nat({ max: 23 }) }),
);
describePartitionScheme('a day of tier 3', tier3DailyScheme, fc.record({ day: days }));
describePartitionScheme('a week of tier 2', tier2WeeklyScheme, fc.record({ day: days }));
describePartitionScheme('a day of a local export', localDayScheme, fc.record({ day: days }));

it('an archive is spelled as the archiver spells it', () => {
  const partition = { day: parseUtcDay('2026-01-15'), hour: 7 };
  expect(archiveScheme.format(partition)).toBe('20260115/07.jsonl.gz');
  expect(archiveScheme.prefix({ day: partition.day })).toBe('20260115/');
  expect(tier3DailyScheme.format(partition)).toBe('tier3/daily/2026-01-15/');
  expect(tier2WeeklyScheme.format(partition)).toBe('tier2/weekly/2026-01-15/');
  expect(localDayScheme.format(partition)).toBe('2026-01-15/');
});

it.each([
  '20260115/24.jsonl.gz',
  '20260115/99.jsonl.gz',
  '20260115/7.jsonl.gz',
  '20260230/07.jsonl.gz',
  '20260115/extra.jsonl.gz',
  '20260115/07.jsonl',
])('%s is no hour of an archive', (path) => {
  expect(archiveScheme.parse(path)).toBeUndefined();
});

it.each([24, -1, 0.5, Number.NaN])('hour %d cannot be written', (hour) => {
  expect(() => archiveScheme.format({ day: parseUtcDay('2026-01-15'), hour })).toThrow(
    'not an hour of the day',
  );
});
