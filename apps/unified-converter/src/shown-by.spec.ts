import { missingTests, readShownRows } from '@ticklake/cli-kit/testing';

const rows = readShownRows(new URL('../README.md', import.meta.url));

it('the table of what was asked for names each row once', () => {
  const named = rows.flatMap(({ row }) => row.split(', '));
  expect(named.length).toBeGreaterThan(25);
  expect(new Set(named).size).toBe(named.length);
});

it.each(rows)('$row names tests that are there', (row) => {
  expect(missingTests(row)).toEqual([]);
});
