import { missingTests, readShownRows } from '@ticklake/cli-kit/testing';

const badInput = readShownRows(new URL('../BAD-INPUT.md', import.meta.url));
const specification = readShownRows(new URL('../README.md', import.meta.url));

it('the table of bad input has every row that concerns the compactor, once and in order', () => {
  const numbers = [
    ...Array.from({ length: 65 }, (_, i) => i + 1),
    ...Array.from({ length: 11 }, (_, i) => i + 86),
  ];
  expect(badInput.map(({ row }) => Number(row))).toEqual(numbers);
});

it('the table of what was asked for has every row of the specification', () => {
  const text = specification.map(({ row }) => row).join(' ');
  for (let row = 1; row <= 37; row++) expect(text).toContain(`CM-${String(row).padStart(2, '0')}`);
  for (const row of ['MF-01…07', 'MF-08', 'MF-09…11', 'MF-12…15', 'MF-16', 'MF-24', 'OP-01', 'OP-24'])
    expect(text).toContain(row);
});

it.each([...badInput, ...specification])('row $row names tests that are there', (row) => {
  expect(missingTests(row)).toEqual([]);
});
