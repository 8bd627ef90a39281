import { cpuTime, othersShare } from './cpu-time.js';

describe('othersShare', () => {
  const from = { busyMs: 100, totalMs: 1000 };
  it.each([
    [{ busyMs: 1100, totalMs: 3000 }, 600, 0.2],
    [{ busyMs: 1100, totalMs: 3000 }, 1000, 0],
    // Clocks of different grain.
    [{ busyMs: 1100, totalMs: 3000 }, 1010, 0],
    [from, 0, 0],
  ])('of %j with %s ms of ours is %s', (to, oursMs, expected) => {
    expect(othersShare({ from, to, oursMs })).toBeCloseTo(expected);
  });

  it('reads a clock that does not go back', () => {
    const [first, second] = [cpuTime(), cpuTime()];
    expect(first.totalMs).toBeGreaterThan(first.busyMs);
    expect(second.busyMs).toBeGreaterThanOrEqual(first.busyMs);
  });
});
