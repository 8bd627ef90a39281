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
        return sortedRows(
          segment.ranges.flatMap((range) => rowsOf(range.file, range)),
          orderKeys,
        );
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
  // The law would hold if nothing was ever copied.
  expect(copies).toBeGreaterThan(500);
});

it('joins what lies between copies, and makes one stretch of everything where nothing is copied', () => {
  const ascending = (from: bigint, to: bigint): Group => [[from, 0n], [to, 0n]]; // prettier-ignore
  const files = [
    fileOf([ascending(0n, 9n), ascending(10n, 19n), ascending(30n, 39n)], true),
    fileOf([ascending(12n, 15n), ascending(16n, 17n), ascending(40n, 41n)], true),
    fileOf([], true),
  ];
  const shortOf = (segments: readonly Segment[]) =>
    segments.map((segment) => {
      const ranges = segment.kind === 'copy' ? [segment.range] : segment.ranges;
      const texts = ranges.map(
        ({ file, rowGroup, rowCount, min, max }) => `${file}/${rowGroup}+${rowCount} ${min}-${max}`,
      );
      return `${segment.kind} ${texts.join(', ')}`;
    });
  expect(shortOf(planSegments(files, { copyRowsMin: 2, orderBy: ['ts'] }))).toEqual([
    'copy 0/0+2 0-9',
    'merge 0/1+2 10-19, 1/0+4 12-17',
    'copy 0/2+2 30-39',
    'copy 1/2+2 40-41',
  ]);
  expect(shortOf(planSegments(files, { copyRowsMin: undefined, orderBy: ['ts'] }))).toEqual([
    'merge 0/0+6 0-39, 1/0+6 12-41',
  ]);
});
