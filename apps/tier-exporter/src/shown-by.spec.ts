import { missingTests, readShownRows } from '@ticklake/cli-kit/testing';

const badInput = readShownRows(new URL('../BAD-INPUT.md', import.meta.url));
const specification = readShownRows(new URL('../README.md', import.meta.url));

/** `T2-13…18` as each of its rows. */
function rowsOf(range: string): string[] {
  const [, kind = '', first = '', last = first] = /^(\w+-)(\d+)(?:…(\d+))?$/.exec(range) ?? [];
  return Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, i) => kind + String(Number(first) + i).padStart(2, '0'),
  );
}

it('the table of bad input has every row that concerns archives of JSON and weeks, in order', () => {
  const rows = [...new Set(badInput.map(({ row }) => Number(row)))];
  expect(rows).toEqual(Array.from({ length: 14 }, (_, i) => i + 66));
});

it('the table of what was asked for has every row of the specification, once and in order', () => {
  expect(specification.flatMap(({ row }) => rowsOf(row))).toEqual([
    ...rowsOf('T3-01…23'),
    ...rowsOf('VF-01…16'),
    ...rowsOf('T2-01…22'),
    ...['OP-06', 'OP-07', 'OP-11', 'OP-12'],
  ]);
});

it.each([...badInput, ...specification])('row $row names tests that are there', (row) => {
  expect(missingTests(row)).toEqual([]);
});
