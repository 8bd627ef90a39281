import type { JobEvent } from '@ticklake/jobs';
import type { Host } from './host.js';

/** How far a run is, at one moment (spec rows MG-09, OP-15). */
export interface ProgressFigures {
  /** Tasks that have ended, however they did. */
  readonly tasksDone: number;
  readonly tasksFailed: number;
  /** All there are; `undefined` until the plan has been read to its end. */
  readonly tasksTotal: number | undefined;
  /** Ids, in the order they were started. */
  readonly tasksRunning: readonly string[];
  /** Of tasks that are done, and of running ones so far. */
  readonly rows: number;
  /** Over the last half minute, whole rows; `undefined` during the first second. */
  readonly rowsPerSecond: number | undefined;
  /** As long as the tasks that ended took, for those that have not; `undefined` while either is unknown. */
  readonly etaMs: number | undefined;
  /** Resident memory of the process and the children it watches. */
  readonly rssBytes: number;
}

/** Adds up the events of a run. */
export interface ProgressMeter {
  event(event: JobEvent): void;
  figures(): ProgressFigures;
}

/** Long enough that one slow upload does not make the speed jump, short enough to show a stall. */
const WINDOW_MS = 30_000;
/** Between two samples of the window. */
const SAMPLE_MS = 1000;

/** Nothing done yet; the time of the run begins with its first event. */
export function createProgressMeter({
  clock,
  residentBytes,
}: Pick<Host, 'clock' | 'residentBytes'>): ProgressMeter {
  const running = new Map<string, number>();
  const speed = createSpeed();
  let tasksDone = 0;
  let tasksFailed = 0;
  let tasksTotal: number | undefined;
  let rowsDone = 0;
  let startMs: number | undefined;

  /** `rows` of one task so far; a task that starts over loses nothing of the speed. */
  const advance = (taskId: string, rows: number) => {
    speed.add(Math.max(0, rows - (running.get(taskId) ?? 0)));
    running.set(taskId, rows);
  };
  const end = (event: Extract<JobEvent, { type: 'finished' | 'failed' | 'cancelled' }>) => {
    tasksDone++;
    if (event.type === 'failed') tasksFailed++;
    if (event.type === 'finished' && event.result.status === 'done') {
      advance(event.taskId, event.result.rowCount);
      rowsDone += event.result.rowCount;
    }
    running.delete(event.taskId);
  };
  const etaMs = (nowMs: number) => {
    if (tasksTotal === undefined || tasksDone === 0 || startMs === undefined) return undefined;
    return Math.round(((nowMs - startMs) * Math.max(0, tasksTotal - tasksDone)) / tasksDone);
  };

  return {
    event(event) {
      startMs ??= clock.nowMs();
      if (event.type === 'planned') tasksTotal = event.taskCount;
      else if (event.type === 'started') running.set(event.taskId, 0);
      else if (event.type === 'progress') advance(event.taskId, event.rowsDone);
      else if (event.type !== 'note') end(event);
      speed.sample(clock.nowMs());
    },
    figures() {
      const nowMs = clock.nowMs();
      return {
        tasksDone,
        tasksFailed,
        tasksTotal,
        tasksRunning: [...running.keys()],
        rows: [...running.values()].reduce((sum, rows) => sum + rows, rowsDone),
        rowsPerSecond: speed.perSecond(nowMs),
        etaMs: etaMs(nowMs),
        rssBytes: residentBytes(),
      };
    },
  };
}

/** Counts over a window that slides: at most a sample a second is kept. */
function createSpeed() {
  const samples: { readonly atMs: number; readonly count: number }[] = [];
  let count = 0;
  const forget = (nowMs: number) => {
    while (samples[1] !== undefined && samples[1].atMs <= nowMs - WINDOW_MS) samples.shift();
  };
  return {
    add: (more: number) => void (count += more),
    sample(nowMs: number) {
      const last = samples.at(-1);
      if (last === undefined || nowMs - last.atMs >= SAMPLE_MS) samples.push({ atMs: nowMs, count });
      forget(nowMs);
    },
    perSecond(nowMs: number): number | undefined {
      forget(nowMs);
      const first = samples[0];
      const tookMs = first === undefined ? 0 : nowMs - first.atMs;
      return first === undefined || tookMs < SAMPLE_MS
        ? undefined
        : Math.round(((count - first.count) * 1000) / tookMs);
    },
  };
}
