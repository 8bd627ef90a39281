import { missingTests, readShownRows } from '@ticklake/cli-kit/testing';

const rows = readShownRows(new URL('../README.md', import.meta.url));

/** Rows of the specification that are this app's, e.g. `AP-01` to `AP-35`. */
const numbered = (prefix: string, first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => `${prefix}-${String(first + i).padStart(2, '0')}`);
const EXPECTED = [
  ...numbered('AP', 1, 35),
  ...[...numbered('RD', 1, 16), 'RD-23', 'RD-24'],
  ...numbered('C', 43, 53),
  ...[...numbered('D', 1, 7), 'D-07b', 'D-07c', 'D-26', 'D-27'],
];

it('the table of what was asked for names each row once, and all there are', () => {
  const named = rows.flatMap(({ row }) => row.split(', '));
  expect([...named].sort()).toEqual([...EXPECTED].sort());
});

it.each(rows)('$row names tests that are there', (row) => {
  expect(missingTests(row)).toEqual([]);
});
