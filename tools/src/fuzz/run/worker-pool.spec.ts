import { usageOf } from './process-usage.js';
import type { Task } from './task.js';
import { runTasks, type PoolOptions, type TaskResult } from './worker-pool.js';

/** Answers as a worker does, and fails in every way there is, by the number of its task. */
const FAKE = `
  process.on('message', ({ index }) => {
    if (index === 1) for (;;);
    if (index === 2) process.exit(3);
    if (index === 3) void Promise.reject(new Error('nobody waits for this'));
    if (index === 4) process.abort();
    if (index === 5) globalThis.kept = Buffer.alloc(200 * 2 ** 20, 1);
    if (index === 6) return;
    setImmediate(() => process.send({ verdict: 'unaffected', readMs: index }));
  });
  process.send('ready');
`;

const OPTIONS: PoolOptions = {
  command: ['--eval', FAKE],
  workers: 2,
  hangMs: 2_000,
  hangWallMs: 10_000,
  peakRssBytesMax: 150 * 2 ** 20,
};

async function run(indices: readonly number[], options: Partial<PoolOptions> = {}): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  const tasks = indices.map((index): Task => ({ kind: 'mutant', index }));
  await runTasks(tasks, { ...OPTIONS, ...options }, (result) => results.push(result));
  return results.sort((a, b) => a.task.index - b.task.index);
}

const verdicts = (results: readonly TaskResult[]) =>
  results.map(({ task, verdict }) => [task.index, verdict]);

describe('runTasks', () => {
  it('runs every task, and those after one that hangs, ends its process or takes too much', async () => {
    // Where the system tells nothing of a process, its memory is not watched.
    const large = usageOf(process.pid) === undefined ? 'unaffected' : 'memory';
    const results = await run([10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15]);
    expect(verdicts(results)).toEqual([
      [1, 'hang'],
      [2, 'crash'],
      [3, 'crash'],
      [4, 'crash'],
      [5, large],
      ...[10, 11, 12, 13, 14, 15].map((index) => [index, 'unaffected']),
    ]);
    const detailOf = (index: number) => results.find(({ task }) => task.index === index)?.detail;
    expect(detailOf(2)).toBe('ended with 3');
    expect(detailOf(3)).toContain('nobody waits for this');
    expect(detailOf(4)).toContain('SIGABRT');
  });

  it('takes an answer that never comes for a hang, though nothing is done', async () => {
    expect(verdicts(await run([6, 10], { hangWallMs: 400 }))).toEqual([
      [6, 'hang'],
      [10, 'unaffected'],
    ]);
  });

  it('tells how long the reading took and how much memory the worker had', async () => {
    const [result] = await run([20]);
    expect(result?.readMs).toBe(20);
    if (usageOf(process.pid) !== undefined) expect(result?.peakRssBytes).toBeGreaterThan(2 ** 20);
  });

  it('fails when a worker cannot start', async () => {
    await expect(run([1], { command: ['--eval', 'throw new Error("no start")'] })).rejects.toThrow(
      'no start',
    );
  });
});

it('usageOf knows no process that is not there', () => {
  expect(usageOf(2 ** 30)).toBeUndefined();
});
