import { perRound, ratioOf, spreadOf, spreadText } from './spread.js';

const runs = (...wallMs: number[]) => wallMs.map((ms) => ({ wallMs: ms, cpuMs: 0, peakRssBytes: 0 }));

describe('ratioOf', () => {
  it('takes ratios round by round, above 1 where ours is less', () => {
    const spread = ratioOf({ ours: runs(1, 2, 4), theirs: runs(4, 1, 4) }, ({ wallMs }) => wallMs);
    // 4, 0.5 and 1: not 4 / 2.
    expect(spread).toEqual({ median: 1, min: 0.5, max: 4 });
  });

  it('refuses sides of unequal length', () => {
    expect(() => perRound(runs(1), runs(1, 2), () => 0)).toThrow('every round');
    expect(() => spreadOf([])).toThrow('no median');
  });
});

it('spreadText shows the median and how far it goes', () => {
  expect(spreadText(spreadOf([3, 1, 2.345]), 2)).toBe('2.35 (1.00..3.00)');
});
