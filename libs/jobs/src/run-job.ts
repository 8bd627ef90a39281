import { isLakeError, LakeError, type Clock } from '@ticklake/core';

/** One unit of work: whatever makes one published file. */
export interface Task {
  /** Unique within a run, stable between runs, e.g. `binance/bbo/btcusdt/20260203`. */
  readonly id: string;
}

/** What became of a task that did not fail. */
export type TaskResult =
  | { readonly status: 'done'; readonly rowCount: number; readonly sizeBytes: number }
  | { readonly status: 'skipped'; readonly reason: string };

/** What a run tells while it goes on; libraries report, `cli-kit` renders. */
export type JobEvent =
  /** The plan has been read to its end. */
  | { readonly type: 'planned'; readonly taskCount: number }
  | { readonly type: 'started'; readonly taskId: string }
  /** `rowsDone` of this task so far, not a difference. */
  | { readonly type: 'progress'; readonly taskId: string; readonly rowsDone: number }
  | {
      readonly type: 'finished';
      readonly taskId: string;
      readonly result: TaskResult;
      readonly tookMs: number;
    }
  | { readonly type: 'failed'; readonly taskId: string; readonly error: Error; readonly quarantined: boolean }
  /** Stopped by the signal: nothing was published and nothing was recorded. */
  | { readonly type: 'cancelled'; readonly taskId: string }
  /** Anything else the operator should read. */
  | {
      readonly type: 'note';
      readonly severity: 'info' | 'warning';
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

/** What {@link Job.execute} is given beside its task. */
export interface TaskContext {
  /** Aborts when the run is cancelled; execute then throws LakeError `cancelled`, having published nothing. */
  readonly signal: AbortSignal;
  /** Tells how many rows of this task are done so far. */
  onRows(rowsDone: number): void;
}

/** A job: how to find tasks, do one, and remember what became of it. */
export interface Job<T extends Task> {
  readonly name: string;
  /** Reads listings and manifests; writes nothing. `--dry-run` prints its output. */
  plan(): AsyncIterable<T>;
  /**
   * Merge, publish, verify. Safe to run twice.
   *
   * A failure that was quarantined is told by throwing LakeError `corrupt` with `details.quarantine` set.
   */
  execute(task: T, context: TaskContext): Promise<TaskResult>;
  /** Called once per task that finished or failed, never concurrently; a cancelled task is not recorded. */
  record(task: T, result: TaskResult | Error): Promise<void>;
}

/** How a job is run. */
export interface RunJobOptions {
  /** Most tasks executing at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  onEvent(event: JobEvent): void;
}

/** How many tasks ended which way. */
export interface JobSummary {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  /** Tasks that were running when the signal came. Those never started are not counted anywhere. */
  readonly cancelled: number;
}

/**
 * Executes every task of `job`, each once, at most `concurrency` at a time, and records each as it ends.
 * The plan is read only as fast as tasks are started, so it may be longer than memory.
 *
 * A failing task never stops another. A bug (an error that is not a LakeError) is recorded like any failure and
 * thrown, the first one, when every other task has settled. When the plan or `record` fails, no further task is
 * started, those running are let finish and are recorded, and that failure is thrown. When the signal aborts, no
 * further task is started and the summary is returned: cancelling is not a failure of the run.
 *
 * @throws LakeError whatever kind `plan` or `record` failed with; `invalid` when two tasks have one id.
 */
export async function runJob<T extends Task>(job: Job<T>, options: RunJobOptions): Promise<JobSummary> {
  const run = startRun(job, options);
  const running = new Set<Promise<void>>();
  let taskCount = 0;
  const ids = new Set<string>();
  try {
    for await (const task of job.plan()) {
      if (run.stopped()) break;
      if (ids.has(task.id))
        throw new LakeError('invalid', 'two tasks have one id', { details: { task: task.id } });
      ids.add(task.id);
      taskCount++;
      const work: Promise<void> = run
        .perform(task)
        .catch(run.stop)
        .finally(() => running.delete(work));
      running.add(work);
      while (running.size >= options.concurrency && !run.stopped()) await Promise.race(running);
      if (run.stopped()) break;
    }
    if (!run.stopped()) options.onEvent({ type: 'planned', taskCount });
  } catch (error) {
    if (!(options.signal.aborted && isLakeError(error, 'cancelled'))) run.stop(error);
  }
  await Promise.all(running);
  return run.summary();
}

/** The mutable heart of one run. Nothing here rejects: failures are kept until every task has settled. */
function startRun<T extends Task>(job: Job<T>, { signal, clock, onEvent }: RunJobOptions) {
  const counts = { done: 0, skipped: 0, failed: 0, cancelled: 0 };
  const bugs: unknown[] = [];
  const fatal: unknown[] = [];
  let recording: Promise<void> = Promise.resolve();

  const record = (task: T, result: TaskResult | Error): Promise<void> => {
    recording = recording
      .then(() => job.record(task, result))
      .catch((error: unknown) => void fatal.push(error));
    return recording;
  };

  const succeeded = async (task: T, result: TaskResult, tookMs: number) => {
    counts[result.status]++;
    onEvent({ type: 'finished', taskId: task.id, result, tookMs });
    await record(task, result);
  };

  const failed = async (task: T, thrown: unknown) => {
    if (signal.aborted && isLakeError(thrown, 'cancelled')) {
      counts.cancelled++;
      onEvent({ type: 'cancelled', taskId: task.id });
      return;
    }
    const error =
      thrown instanceof Error ? thrown : new Error(`thrown value is not an error: ${String(thrown)}`);
    counts.failed++;
    if (!isLakeError(error)) bugs.push(error);
    const quarantined = isLakeError(error, 'corrupt') && error.details['quarantine'] !== undefined;
    onEvent({ type: 'failed', taskId: task.id, error, quarantined });
    await record(task, error);
  };

  return {
    stopped: () => signal.aborted || fatal.length > 0,
    stop(error: unknown) {
      fatal.push(error);
    },
    async perform(task: T): Promise<void> {
      onEvent({ type: 'started', taskId: task.id });
      const startMs = clock.nowMs();
      const onRows = (rowsDone: number) => onEvent({ type: 'progress', taskId: task.id, rowsDone });
      const outcome = await settle(() => job.execute(task, { signal, onRows }));
      if (outcome.ok) await succeeded(task, outcome.value, clock.nowMs() - startMs);
      else await failed(task, outcome.error);
    },
    summary(): JobSummary {
      if (fatal.length > 0) throw fatal[0];
      if (bugs.length > 0) throw bugs[0];
      return counts;
    },
  };
}

type Outcome<V> = { readonly ok: true; readonly value: V } | { readonly ok: false; readonly error: unknown };

async function settle<V>(work: () => Promise<V>): Promise<Outcome<V>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}
