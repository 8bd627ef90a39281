import { scalarsOf } from '../peers/column-type.js';
import { kindsOf, WRITERS } from '../peers/scalar-kinds.js';
import { generatedFile } from './generated-file.js';

it('is the same from the same seed and index, and another from others', () => {
  for (let index = 0; index < 30; index++) {
    expect(generatedFile(5, index)).toEqual(generatedFile(5, index));
    expect(generatedFile(6, index)).not.toEqual(generatedFile(5, index));
    expect(generatedFile(5, index + 1)).not.toEqual({ ...generatedFile(5, index), index: index + 1 });
  }
});

it('a few hundred have every kind of every writer, and rows from none to thousands', () => {
  const files = Array.from({ length: 600 }, (_, index) => generatedFile(1, index));
  for (const writer of WRITERS) {
    const own = files.filter(({ written }) => written.by === writer);
    const kinds = own.flatMap(({ fields }) =>
      fields.flatMap(({ type }) => scalarsOf(type).map(({ kind }) => kind)),
    );
    expect([...new Set(kinds)].sort()).toEqual([...kindsOf(writer)].sort());
  }
  const counts = files.map(({ rowCount }) => rowCount);
  expect(Math.min(...counts)).toBe(0);
  expect(Math.max(...counts)).toBeGreaterThan(4000);
  for (const { fields, columns, rowCount } of files) {
    expect(fields.length).toBeGreaterThan(0);
    expect(new Set(fields.map(({ name }) => name.toLowerCase())).size).toBe(fields.length);
    expect(columns.map((values) => values.length)).toEqual(fields.map(() => rowCount));
  }
});
