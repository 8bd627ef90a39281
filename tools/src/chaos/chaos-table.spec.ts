import { brokenPromises, chaosTable, SCENARIOS_MIN, type DialectReport } from './chaos-table.js';

const GOOD: DialectReport = {
  ...{ dialect: 's3', scenarios: 5000, succeeded: 4000, failed: { unavailable: 900, denied: 100 } },
  ...{ violations: [], hangs: [], amplification: 1.2, worst: { amplification: 2, scenario: 's3 get' } },
};

it('shows what scenarios came to', () => {
  expect(chaosTable([GOOD])).toContain(
    '| s3 | 5000 | 4000 | unavailable 900, denied 100 | 0 | 0 | 1.20 | 2.00 |',
  );
});

it.each<[string, Partial<DialectReport>, string]>([
  ['a broken promise', { violations: ['other bytes; s3 get'] }, 'other bytes; s3 get'],
  ['a hang', { hangs: ['s3 get'] }, 'hangs; s3 get'],
  [
    'too many requests',
    { worst: { amplification: 3.5, scenario: 's3 get' } },
    '3.50 requests for each; s3 get',
  ],
  ['no requests to compare with', { amplification: NaN }, '2.00 requests for each; s3 get'],
  ['too few scenarios', { scenarios: 4999 }, '4999 scenarios are fewer than 5000'],
])('is not content with %s', (_, change, expected) => {
  expect(brokenPromises([{ ...GOOD, ...change }], SCENARIOS_MIN)).toEqual([expected]);
});

it('is content otherwise', () => {
  expect(brokenPromises([GOOD], SCENARIOS_MIN)).toEqual([]);
});
