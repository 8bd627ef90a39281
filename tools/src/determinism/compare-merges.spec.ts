import { groupProblems } from './compare-merges.js';
import type { MergeWay } from './dimensions.js';
import { MERGE_CASES } from './make-merge-inputs.js';
import type { MergeOutcome } from './merge-in-way.js';

const mergeCase = MERGE_CASES.find(({ name }) => name === 'interleaved')!;
const group = { name: 'g', mergeCase, isCopied: false };
const way: MergeWay = {
  ...{ kernels: 'wasm', hasHelper: true, arenaBytes: 1, wholeBytesMax: 0, windowBytes: 1 },
  ...{ openMax: 1000, sortRows: 1000 },
};
const outcome: MergeOutcome = {
  ...{ sha256: 'a', rowCount: mergeCase.rows, copiedRows: 0, ordered: 'o', readBack: 'o' },
  ...{ helperRequests: 5, spills: 0 },
};
const problems = (other: Partial<MergeOutcome>, how = way) =>
  groupProblems(group, [
    { name: 'first', how: way, outcome },
    { name: 'other', how, outcome: { ...outcome, ...other } },
  ]);

it('equal runs have no problem', () => {
  expect(problems({})).toEqual([]);
  expect(problems({ helperRequests: 0 }, { ...way, hasHelper: false })).toEqual([]);
  expect(problems({ helperRequests: 0, spills: 2 }, { ...way, openMax: 2 })).toEqual([]);
});

it.each<[Partial<MergeOutcome>, string]>([
  [{ sha256: 'b' }, 'g: other: b, not as by first'],
  [{ rowCount: 1 }, `g: other: 1 rows of ${mergeCase.rows}`],
  [{ ordered: 'p', readBack: 'p' }, 'g: other: other rows were taken'],
  [{ readBack: 'p' }, 'g: other: what is read is not what was merged'],
  [{ copiedRows: 7 }, 'g: other: 7 rows were copied'],
  [{ helperRequests: 0 }, 'g: other: the second thread was asked 0 times'],
  [{ spills: 1 }, 'g: other: rows were spilled 1 times'],
])('%j is a problem', (other, text) => {
  expect(problems(other)).toEqual([text]);
});
