import { readFileSync } from 'node:fs';

const table = new URL('../BAD-INPUT.md', import.meta.url);

const rows = readFileSync(table, 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, row, , , shownBy]) => ({
    row: Number(row),
    shownBy: [...(shownBy ?? '').matchAll(/`(.+?) › (.+?)`/g)],
  }));

it('the table of bad input has every row that concerns the compactor, once and in order', () => {
  const numbers = [
    ...Array.from({ length: 65 }, (_, i) => i + 1),
    86,
    87,
    88,
    89,
    90,
    91,
    92,
    93,
    94,
    95,
    96,
  ];
  expect(rows.map(({ row }) => row)).toEqual(numbers);
});

it.each(rows)('row $row of the table of bad input names tests that are there', ({ shownBy }) => {
  expect(shownBy.length).toBeGreaterThan(0);
  for (const [, path = '', text = ''] of shownBy) {
    const source = readFileSync(new URL(path, table), 'utf8');
    expect({ path, text, isThere: source.includes(text) }).toEqual({ path, text, isThere: true });
  }
});
