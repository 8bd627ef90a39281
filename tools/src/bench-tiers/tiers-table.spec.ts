import { furtherText, tiersTable } from './tiers-table.js';

const usage = (wallMs: number, cpuMs: number, mib: number) => ({
  wallMs,
  cpuMs,
  peakRssBytes: mib * 2 ** 20,
});

it('shows medians, and ratios of rounds', () => {
  const table = tiersTable([
    {
      name: 'daily',
      program: 'tier-exporter',
      entries: 1000,
      inputBytes: 100 * 2 ** 20,
      ours: [usage(1000, 900, 100), usage(2000, 900, 100), usage(4000, 900, 100)],
      duckdb: [usage(3000, 1800, 400), usage(4000, 1800, 400), usage(4000, 1800, 400)],
    },
  ]);
  const [, , ours, theirs] = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  expect(ours).toEqual([
    '',
    ...[
      'daily',
      '1000',
      '100',
      'tier-exporter',
      '2.00',
      '0.90',
      '100',
      '500',
      '52.4',
      '2.00',
      '2.00',
      '4.00',
    ],
    '',
  ]);
  expect(theirs?.slice(4, 10)).toEqual(['DuckDB', '4.00', '1.80', '400', '250', '26.2']);
});

it('tells what a further entry takes where there are two sizes', () => {
  const race = (name: string, entries: number, ours: number, duckdb: number) => ({
    ...{ name, program: 'tier-exporter', entries, inputBytes: 1 },
    ours: [usage(ours, 2 * ours, 1)],
    duckdb: [usage(duckdb, 3 * duckdb, 1)],
  });
  const races = [race('daily', 10, 1, 1), race('weekly', 3000, 500, 3000), race('weekly', 1000, 400, 2000)];
  expect(furtherText(races)).toBe(
    'weekly, each further entry: wall 50 µs, by DuckDB 500 (ratio 10.00); cpu 100 µs, by DuckDB 1500 (ratio 15.00)',
  );
});
