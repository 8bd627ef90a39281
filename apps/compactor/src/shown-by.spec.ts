import { readFileSync } from 'node:fs';

/** Rows of a table whose last column names tests as `path › text`, the path from the table's own folder. */
function rowsOf(name: string) {
  const table = new URL(`../${name}`, import.meta.url);
  return readFileSync(table, 'utf8')
    .split('\n')
    .filter((line) => line.includes(' › '))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, row = '', , ...rest]) => ({
      row,
      shownBy: [...rest.join('|').matchAll(/`([^`]+?) › ([^`]+?)`/g)].map(([, path = '', text = '']) => ({
        text,
        file: new URL(path, table),
      })),
    }));
}

const badInput = rowsOf('BAD-INPUT.md');
const specification = rowsOf('README.md');

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

it.each([...badInput, ...specification])('row $row names tests that are there', ({ shownBy }) => {
  expect(shownBy.length).toBeGreaterThan(0);
  for (const { file, text } of shownBy) {
    expect({ file: file.pathname, text, isThere: readFileSync(file, 'utf8').includes(text) }).toMatchObject({
      isThere: true,
    });
  }
});
