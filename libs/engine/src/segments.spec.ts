import fc from 'fast-check';
import type { MergeFile } from './merge-file.js';
import { planSegments, type FileRange, type Segment } from './segments.js';

/** A row group as its rows' keys. */
type Group = readonly (readonly [bigint, bigint])[];

/** A row: its keys, and where it stands. */
interface Row {
  readonly keys: readonly [bigint, bigint];
  readonly file: number;
  readonly rowGroup: number;
}

const ORDER = ['ts', 'seq'];

function fileOf(groups: readonly Group[], isSorted: boolean): MergeFile {
  const rowGroups = groups.map((group, rowGroup) => {
    const firsts = group.map(([first]) => first);
    const least = (a: bigint, b: bigint) => (b < a ? b : a);
    const greatest = (a: bigint, b: bigint) => (b > a ? b : a);
    return { rowGroup, rowCount: group.length, min: firsts.reduce(least), max: firsts.reduce(greatest) };
  });
  const rowCount = groups.flat().length;
  return {
    name: '',
    open: () => Promise.reject(new Error('nobody opens it')),
    rowCount,
    isSorted,
    rowGroups,
  };
}

function compareKeys(a: Row['keys'], b: Row['keys'], orderKeys: number): number {
  const at = [0, 1].slice(0, orderKeys).find((i) => a[i] !== b[i]);
  return at === undefined ? 0 : a[at]! < b[at]! ? -1 : 1;
}

function sortedRows(rows: readonly Row[], orderKeys: number): readonly Row[] {
  return rows.toSorted((a, b) => compareKeys(a.keys, b.keys, orderKeys));
}

const group = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: 0n, max: 3n })), {
  minLength: 1,
  maxLength: 4,
});
const cases = fc.record({
  files: fc.array(fc.record({ groups: fc.array(group, { maxLength: 4 }), isSorted: fc.boolean() }), {
    maxLength: 4,
  }),
  orderKeys: fc.constantFrom(1, 2),
  copyRowsMin: fc.constantFrom(undefined, 1, 2, 3),
});

it('cuts the output into stretches that are sorted one by one, for any files', () => {
  let copies = 0;
  let rowsInTurn = 0;
  fc.assert(
    fc.property(cases, ({ files: drawn, orderKeys, copyRowsMin }) => {
      const files = drawn.map(({ groups, isSorted }) => {
        const sizes = groups.map(({ length }) => length);
        const keys = groups.flat();
        if (isSorted) keys.sort((a, b) => compareKeys(a, b, orderKeys));
        let row = 0;
        return { groups: sizes.map((size) => keys.slice(row, (row += size))), isSorted };
      });
      const rowsOf = (from: number, { rowGroup: first, rowCount }: FileRange) =>
        files[from]!.groups.flatMap((keys, rowGroup) =>
          keys.map((one) => ({ keys: one, file: from, rowGroup })),
        )
          .filter(({ rowGroup }) => rowGroup >= first)
          .slice(0, rowCount);
      const segments = planSegments(
        files.map(({ groups, isSorted }) => fileOf(groups, isSorted)),
        { copyRowsMin, orderBy: ORDER.slice(0, orderKeys) },
      );
      const output = segments.flatMap((segment) => {
        if (segment.kind === 'copy') return rowsOf(segment.range.file, segment.range);
        return segment.parts.flatMap(({ ranges, inTurn }) => {
          const rows = ranges.flatMap((range) => rowsOf(range.file, range));
          rowsInTurn += inTurn ? rows.length : 0;
          return inTurn ? rows : sortedRows(rows, orderKeys);
        });
      });
      const all = files.flatMap(({ groups }, file) =>
        groups.flatMap((keys, rowGroup) => keys.map((one) => ({ keys: one, file, rowGroup }))),
      );
      expect(output).toEqual(sortedRows(all, orderKeys));
      for (const segment of segments) {
        if (segment.kind === 'merge') continue;
        copies++;
        expect(copyRowsMin).toBeLessThanOrEqual(segment.range.rowCount);
        expect(files[segment.range.file]?.isSorted).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
  // The law would hold if everything was always sorted. Cases are drawn anew each time, so there is room for luck.
  expect(copies).toBeGreaterThan(200);
  expect(rowsInTurn).toBeGreaterThan(200);
});

it('joins what lies between copies, tells what is merged from what goes out in turn, and makes one stretch where nothing is copied', () => {
  const ascending = (from: bigint, to: bigint): Group => [[from, 0n], [to, 0n]]; // prettier-ignore
  const files = [
    fileOf([ascending(0n, 9n), ascending(10n, 19n), ascending(30n, 39n)], true),
    fileOf([ascending(12n, 15n), ascending(16n, 17n), ascending(40n, 41n)], true),
    fileOf([], true),
  ];
  const textOf = ({ file, rowGroup, rowCount, min, max }: FileRange) =>
    `${file}/${rowGroup}+${rowCount} ${min}-${max}`;
  const shortOf = (segments: readonly Segment[]) =>
    segments.map((segment) => {
      if (segment.kind === 'copy') return `copy ${textOf(segment.range)}`;
      const parts = segment.parts.map(
        ({ inTurn, ranges }) => `${inTurn ? 'in turn' : 'by keys'} ${ranges.map(textOf).join(', ')}`,
      );
      return `merge ${parts.join('; ')}`;
    });
  expect(shortOf(planSegments(files, { copyRowsMin: 2, orderBy: ['ts'] }))).toEqual([
    'copy 0/0+2 0-9',
    'merge by keys 0/1+2 10-19, 1/0+4 12-17',
    'copy 0/2+2 30-39',
    'copy 1/2+2 40-41',
  ]);
  expect(shortOf(planSegments(files, { copyRowsMin: undefined, orderBy: ['ts'] }))).toEqual([
    'merge in turn 0/0+2 0-9; by keys 0/1+2 10-19, 1/0+4 12-17; in turn 0/2+2 30-39, 1/2+2 40-41',
  ]);
  const alone = [fileOf([ascending(0n, 1n), ascending(2n, 3n)], true), fileOf([ascending(4n, 5n)], true)];
  expect(shortOf(planSegments(alone, { copyRowsMin: undefined, orderBy: ['ts'] }))).toEqual([
    'merge in turn 0/0+4 0-3, 1/0+2 4-5',
  ]);
});
