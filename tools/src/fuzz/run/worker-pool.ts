import { spawn, type ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import type { Judgement } from '../judge.js';
import { usageOf } from './process-usage.js';
import type { Answer, Task } from './task.js';

/** How tasks are run. */
export interface PoolOptions {
  /** What Node is started with: a script and its arguments. */
  readonly command: readonly string[];
  readonly workers: number;
  /** A task that has used so much processor time hangs. */
  readonly hangMs: number;
  /** A task that has taken so long hangs, whatever it used: on a busy machine time passes without work. */
  readonly hangWallMs: number;
  readonly peakRssBytesMax: number;
}

/** What became of a task. */
export interface TaskResult extends Judgement {
  readonly task: Task;
  /** Zero when the worker did not live to tell. */
  readonly readMs: number;
  /** Highest memory that the worker had by then, in any of its tasks; zero where the system does not say. */
  readonly peakRssBytes: number;
}

const POLL_MS = 20;
const LOG_CHARS_MAX = 2_000;

/**
 * Runs every task in one of a few worker processes and tells of each, in no particular order. A worker that hangs,
 * takes too much memory or ends is replaced, and its task is told as such.
 *
 * @throws Error when a worker cannot even start.
 */
export async function runTasks(
  tasks: Iterable<Task>,
  options: PoolOptions,
  onResult: (result: TaskResult) => void,
): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    let worker: Worker | undefined;
    try {
      for (let next = queue.next(); next.done !== true; next = queue.next()) {
        worker ??= await startWorker(options.command);
        const result = await runTask(worker, next.value, options);
        if (result.verdict === 'hang' || result.verdict === 'memory' || result.verdict === 'crash') {
          await stopWorker(worker);
          worker = undefined;
        }
        onResult(result);
      }
    } finally {
      if (worker !== undefined) await stopWorker(worker);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, lane));
}

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  /** The end of what it wrote to its error output. */
  log: string;
}

async function startWorker(command: readonly string[]): Promise<Worker> {
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const worker: Worker = { child, ended, log: '' };
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    worker.log = (worker.log + text).slice(-LOG_CHARS_MAX);
  });
  const ready = new Promise<undefined>((resolve) => child.once('message', () => resolve(undefined)));
  const failure = await Promise.race([ready, ended]);
  if (failure !== undefined) throw new Error(`a worker did not start: ${failure} ${worker.log}`);
  return worker;
}

async function stopWorker({ child, ended }: Worker): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

async function runTask(worker: Worker, task: Task, options: PoolOptions): Promise<TaskResult> {
  const { child, ended } = worker;
  const watch = watchTask(child.pid ?? 0, options);
  const answered = new Promise<Answer>((resolve) => child.once('message', (said) => resolve(said as Answer)));
  const gone = ended.then((how): Judgement => ({ verdict: 'crash', detail: `${how} ${worker.log}`.trim() }));
  // A worker that is gone cannot be told; that it is gone is what counts.
  child.send(task, () => undefined);
  const outcome: Judgement & Partial<Answer> = await Promise.race([answered, gone, watch.verdict]);
  const peakRssBytes = watch.stop();
  const over: Judgement = { verdict: 'memory', code: outcome.code, detail: outcome.detail };
  const judged = peakRssBytes > options.peakRssBytesMax && outcome.verdict !== 'hang' ? over : outcome;
  return { task, readMs: outcome.readMs ?? 0, peakRssBytes, ...judged };
}

/** Looks after a worker while it has a task. */
function watchTask(
  pid: number,
  { hangMs, hangWallMs, peakRssBytesMax }: PoolOptions,
): { readonly verdict: Promise<Judgement>; stop(): number } {
  const startMs = performance.now();
  const before = usageOf(pid);
  let peakRssBytes = before?.peakRssBytes ?? 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (): Judgement | undefined => {
    const now = usageOf(pid);
    peakRssBytes = Math.max(peakRssBytes, now?.peakRssBytes ?? 0);
    const wallMs = performance.now() - startMs;
    // Without figures of the system, time is all there is.
    const cpuMs = now === undefined || before === undefined ? wallMs : now.cpuMs - before.cpuMs;
    if (peakRssBytes > peakRssBytesMax) return { verdict: 'memory' };
    if (Math.min(cpuMs, wallMs) > hangMs)
      return { verdict: 'hang', detail: `${Math.round(cpuMs)} ms of work` };
    return wallMs > hangWallMs ? { verdict: 'hang', detail: `${Math.round(wallMs)} ms` } : undefined;
  };
  const verdict = new Promise<Judgement>((resolve) => {
    timer = setInterval(() => {
      const found = look();
      if (found !== undefined) resolve(found);
    }, POLL_MS);
  });
  return {
    verdict,
    stop() {
      clearInterval(timer);
      look();
      return peakRssBytes;
    },
  };
}
