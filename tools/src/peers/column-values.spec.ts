import { createRandom } from '../spool/random.js';
import { columnValues, type ColumnStyle, type NullPattern } from './column-values.js';
import type { ColumnField } from './column-type.js';
import { kindsOf, scalarType, SCALAR_KINDS, WRITERS } from './scalar-kinds.js';
import { ticklakeColumn } from './ticklake-column.js';

const STYLE: ColumnStyle = {
  nulls: 'none',
  distinct: 0,
  runMax: 1,
  edges: 0.3,
  rising: false,
  nanPayloads: true,
};
const rowCount = 200;

it('every kind has a writer', () => {
  expect([...new Set(WRITERS.flatMap(kindsOf))].sort()).toEqual([...SCALAR_KINDS].sort());
});

it.each(SCALAR_KINDS)('values of %s are the same from the same seed, and differ', (kind) => {
  const made = [3, 3, 4].map((seed) => {
    const random = createRandom(seed);
    const writer = WRITERS.find((one) => kindsOf(one).includes(kind)) ?? 'ticklake';
    const field = { name: 'x', type: scalarType(kind, writer, random), nullable: false };
    return columnValues(field, { style: STYLE, rowCount, random });
  });
  expect(made[1]).toEqual(made[0]);
  expect(made[2]).not.toEqual(made[0]);
  expect(new Set(made[0]?.map(String)).size).toBeGreaterThan(1);
});

it.each(kindsOf('ticklake'))('values of %s are ones that a column of ours holds', (kind) => {
  for (let seed = 0; seed < 20; seed++) {
    const random = createRandom(seed);
    const type = scalarType(kind, 'ticklake', random);
    const field: ColumnField = { name: 'x', type, nullable: true };
    const values = columnValues(field, {
      style: { ...STYLE, nulls: 'half', rising: seed % 2 === 0 },
      rowCount,
      random,
    });
    const column = ticklakeColumn(type, values, { asDictionary: false });
    if (column.layout !== 'fixed' || type.data.kind === 'float') continue;
    const held = Array.from(column.values as ArrayLike<number | bigint>, BigInt);
    expect(held.filter((_, row) => values[row] !== null)).toEqual(
      values.filter((one) => one !== null).map((one) => BigInt(one as bigint)),
    );
  }
});

const PATTERNS: readonly [NullPattern, (isNull: readonly boolean[]) => boolean][] = [
  ['none', (isNull) => !isNull.includes(true)],
  ['all', (isNull) => !isNull.includes(false)],
  ['first', (isNull) => isNull.indexOf(true) === 0 && isNull.lastIndexOf(true) === 0],
  ['last', (isNull) => isNull.indexOf(true) === rowCount - 1],
  ['runs', (isNull) => isNull.includes(true) && isNull.includes(false)],
  ['few', (isNull) => isNull.filter(Boolean).length < rowCount / 2],
  ['most', (isNull) => isNull.filter(Boolean).length > rowCount / 2],
];

it.each(PATTERNS)('nulls: %s', (nulls, holds) => {
  const random = createRandom(1);
  const type = scalarType('int32', 'ticklake', random);
  const style = { ...STYLE, nulls };
  const isNull = (nullable: boolean) =>
    columnValues({ name: 'x', type, nullable }, { style, rowCount, random }).map((value) => value === null);
  expect(holds(isNull(true))).toBe(true);
  expect(isNull(false)).not.toContain(true);
});

it('values come again, and in runs, where the style says so', () => {
  const random = createRandom(1);
  const type = scalarType('int64', 'ticklake', random);
  const style = { ...STYLE, distinct: 3, runMax: 50, edges: 0 };
  const values = columnValues({ name: 'x', type, nullable: false }, { style, rowCount, random });
  expect(new Set(values).size).toBeLessThanOrEqual(3);
  expect(values.filter((value, row) => value !== values[row - 1]).length).toBeLessThan(rowCount / 4);
});
