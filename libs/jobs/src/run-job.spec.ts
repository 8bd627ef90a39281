import { LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import { runJob, type Job, type JobEvent, type Task, type TaskContext, type TaskResult } from './run-job.js';

const DONE: TaskResult = { status: 'done', rowCount: 10, sizeBytes: 100 };

interface Trace {
  readonly events: JobEvent[];
  readonly recorded: (readonly [string, string])[];
  readonly stop: AbortController;
}

function startTrace(): Trace {
  return { events: [], recorded: [], stop: new AbortController() };
}

/** Tasks `t0` … `t{count-1}`, each doing what `execute` says for its index. */
function jobOf(
  trace: Trace,
  count: number,
  execute: (index: number, context: TaskContext) => Promise<TaskResult>,
): Job<Task & { readonly index: number }> {
  return {
    name: 'test',
    async *plan() {
      for (let index = 0; index < count; index++) yield { id: `t${index}`, index };
    },
    execute: (task, context) => execute(task.index, context),
    async record(task, result) {
      trace.recorded.push([task.id, result instanceof Error ? result.message : result.status]);
    },
  };
}

function optionsOf(trace: Trace, concurrency: number) {
  const onEvent = (event: JobEvent) => void trace.events.push(event);
  return { concurrency, signal: trace.stop.signal, clock: fakeClock(0), onEvent };
}

describe('runJob', () => {
  it('executes and records every task, and counts how they ended', async () => {
    const trace = startTrace();
    const job = jobOf(trace, 5, async (index, { onRows }) => {
      onRows(7);
      if (index === 1) return { status: 'skipped', reason: 'already there' };
      if (index === 3)
        throw new LakeError('corrupt', 'bad bytes', { details: { quarantine: 'QUARANTINE/x/' } });
      return DONE;
    });
    const summary = await runJob(job, optionsOf(trace, 2));
    expect(summary).toEqual({ done: 3, skipped: 1, failed: 1, cancelled: 0 });
    expect([...trace.recorded].sort()).toEqual([
      ['t0', 'done'],
      ['t1', 'skipped'],
      ['t2', 'done'],
      ['t3', 'bad bytes'],
      ['t4', 'done'],
    ]);
    expect(trace.events).toContainEqual({ type: 'planned', taskCount: 5 });
    expect(trace.events).toContainEqual({ type: 'progress', taskId: 't2', rowsDone: 7 });
    expect(trace.events).toContainEqual(
      expect.objectContaining({ type: 'failed', taskId: 't3', quarantined: true }),
    );
  });

  it.each([1, 2, 3, 8])(
    'never runs more than %d tasks at once, and does run that many',
    async (concurrency) => {
      const trace = startTrace();
      let running = 0;
      let runningMax = 0;
      const job = jobOf(trace, 20, async () => {
        runningMax = Math.max(runningMax, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return DONE;
      });
      await runJob(job, optionsOf(trace, concurrency));
      expect(runningMax).toBe(concurrency);
    },
  );

  it('never records two tasks at once', async () => {
    const trace = startTrace();
    let recording = 0;
    let recordingMax = 0;
    const job = {
      ...jobOf(trace, 12, async () => DONE),
      async record() {
        recordingMax = Math.max(recordingMax, ++recording);
        await new Promise((resolve) => setImmediate(resolve));
        recording--;
      },
    };
    await runJob(job, optionsOf(trace, 6));
    expect(recordingMax).toBe(1);
  });

  it('reads the plan only as fast as tasks are started', async () => {
    const trace = startTrace();
    let planned = 0;
    let ended = 0;
    let aheadMax = 0;
    const job: Job<Task> = {
      name: 'test',
      async *plan() {
        for (; planned < 50; planned++) {
          aheadMax = Math.max(aheadMax, planned - ended);
          yield { id: String(planned) };
        }
      },
      async execute() {
        await new Promise((resolve) => setImmediate(resolve));
        ended++;
        return DONE;
      },
      record: () => Promise.resolve(),
    };
    await runJob(job, optionsOf(trace, 3));
    expect(ended).toBe(50);
    expect(aheadMax).toBeLessThanOrEqual(3);
  });

  it('throws a bug after everything else has finished and been recorded', async () => {
    const trace = startTrace();
    const job = jobOf(trace, 6, async (index) => {
      if (index === 2) throw new TypeError('cannot read properties of undefined');
      return DONE;
    });
    await expect(runJob(job, optionsOf(trace, 1))).rejects.toThrow(TypeError);
    expect(trace.recorded.map(([id]) => id)).toEqual(['t0', 't1', 't2', 't3', 't4', 't5']);
    expect(trace.recorded[2]?.[1]).toBe('cannot read properties of undefined');
  });

  it('starts nothing more once cancelled, and does not record what was stopped', async () => {
    const trace = startTrace();
    const job = jobOf(trace, 10, async (index, { signal }) => {
      if (index < 2) return DONE;
      trace.stop.abort();
      expect(signal.aborted).toBe(true);
      throw new LakeError('cancelled', 'stopped');
    });
    const summary = await runJob(job, optionsOf(trace, 1));
    expect(summary).toEqual({ done: 2, skipped: 0, failed: 0, cancelled: 1 });
    expect(trace.recorded.map(([id]) => id)).toEqual(['t0', 't1']);
    expect(trace.events.at(-1)).toEqual({ type: 'cancelled', taskId: 't2' });
    expect(trace.events.some(({ type }) => type === 'planned')).toBe(false);
  });

  it('counts a task that says cancelled while nobody cancelled as failed', async () => {
    const trace = startTrace();
    const job = jobOf(trace, 1, () => Promise.reject(new LakeError('cancelled', 'timed out')));
    expect(await runJob(job, optionsOf(trace, 1))).toMatchObject({ failed: 1, cancelled: 0 });
  });

  it('runs nothing when the signal has aborted before it begins', async () => {
    const trace = startTrace();
    trace.stop.abort();
    const summary = await runJob(
      jobOf(trace, 3, async () => DONE),
      optionsOf(trace, 2),
    );
    expect(summary).toEqual({ done: 0, skipped: 0, failed: 0, cancelled: 0 });
  });

  it('stops when recording fails, but still records what was running', async () => {
    const trace = startTrace();
    const job = {
      ...jobOf(trace, 10, async () => DONE),
      async record(task: Task) {
        trace.recorded.push([task.id, 'tried']);
        if (task.id === 't1') throw new LakeError('unavailable', 'state is out of reach');
      },
    };
    await expect(runJob(job, optionsOf(trace, 2))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(trace.recorded.length).toBeGreaterThanOrEqual(2);
    expect(trace.recorded.length).toBeLessThan(6);
    expect(trace.events.filter(({ type }) => type === 'started')).toHaveLength(trace.recorded.length);
  });

  it('lets running tasks finish when the plan fails, then throws that failure', async () => {
    const trace = startTrace();
    const job: Job<Task> = {
      ...jobOf(trace, 0, async () => DONE),
      async *plan() {
        yield { id: 'only' };
        throw new LakeError('unavailable', 'listing failed');
      },
      async execute() {
        await new Promise((resolve) => setImmediate(resolve));
        return DONE;
      },
    };
    await expect(runJob(job, optionsOf(trace, 4))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(trace.recorded).toEqual([['only', 'done']]);
  });

  it('refuses two tasks with one id', async () => {
    const trace = startTrace();
    const job: Job<Task> = {
      ...jobOf(trace, 0, async () => DONE),
      async *plan() {
        yield { id: 'same' };
        yield { id: 'same' };
      },
      execute: () => Promise.resolve(DONE),
    };
    await expect(runJob(job, optionsOf(trace, 1))).rejects.toMatchObject({ kind: 'invalid' });
    expect(trace.recorded).toEqual([['same', 'done']]);
  });
});
