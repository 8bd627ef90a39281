import { LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import type { JobEvent } from '@ticklake/jobs';
import { createProgressMeter } from './progress-meter.js';

function setUp() {
  const clock = fakeClock(0);
  return { clock, meter: createProgressMeter({ clock, residentBytes: () => 7 }) };
}

const started = (taskId: string): JobEvent => ({ type: 'started', taskId });
const progress = (taskId: string, rowsDone: number): JobEvent => ({ type: 'progress', taskId, rowsDone });
const done = (taskId: string, rowCount: number): JobEvent => ({
  type: 'finished',
  taskId,
  result: { status: 'done', rowCount, sizeBytes: 1 },
  tookMs: 1,
});

describe('createProgressMeter', () => {
  it('counts what ended, what runs and their rows', () => {
    const { meter } = setUp();
    for (const id of ['a', 'b', 'c', 'd', 'e']) meter.event(started(id));
    meter.event(progress('a', 10));
    meter.event(done('a', 25));
    meter.event(progress('b', 5));
    meter.event({ type: 'failed', taskId: 'c', error: new LakeError('corrupt', 'x'), quarantined: true });
    meter.event({ type: 'finished', taskId: 'd', result: { status: 'skipped', reason: 'x' }, tookMs: 1 });
    meter.event({ type: 'note', severity: 'info', message: 'x', details: {} });
    expect(meter.figures()).toEqual({
      tasksDone: 3,
      tasksFailed: 1,
      tasksTotal: undefined,
      tasksRunning: ['b', 'e'],
      rows: 30,
      rowsPerSecond: undefined,
      etaMs: undefined,
      rssBytes: 7,
    });
  });

  it('measures the speed over the last half minute, also while nothing happens', () => {
    const { clock, meter } = setUp();
    meter.event(started('a'));
    const speeds = new Map<number, number | undefined>();
    for (let second = 1; second <= 120; second++) {
      clock.advance(1000);
      // A thousand rows a second for a minute, then none.
      if (second <= 60) meter.event(progress('a', second * 1000));
      speeds.set(second, meter.figures().rowsPerSecond);
    }
    expect([1, 10, 60, 75, 90, 120].map((second) => speeds.get(second))).toEqual([
      1000, 1000, 1000, 500, 0, 0,
    ]);
  });

  it('takes rows that a task does a second time for work, and none for less than none', () => {
    const { clock, meter } = setUp();
    meter.event(started('a'));
    meter.event(progress('a', 1000));
    meter.event(progress('a', 0));
    meter.event(progress('a', 1000));
    clock.advance(1000);
    expect(meter.figures()).toMatchObject({ rows: 1000, rowsPerSecond: 2000 });
  });

  it('knows the time that is left once it knows how much there is and something has ended', () => {
    const { clock, meter } = setUp();
    meter.event(started('a'));
    clock.advance(4000);
    meter.event({ type: 'planned', taskCount: 5 });
    expect(meter.figures().etaMs).toBeUndefined();
    meter.event(done('a', 1));
    expect(meter.figures()).toMatchObject({ tasksTotal: 5, etaMs: 16_000 });
    for (const id of ['b', 'c', 'd', 'e']) meter.event(done(id, 1));
    expect(meter.figures().etaMs).toBe(0);
  });
});
