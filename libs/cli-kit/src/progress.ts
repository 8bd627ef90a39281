import type { JobEvent } from '@ticklake/jobs';
import type { Host } from './host.js';
import type { Redactor } from './redact.js';

/** One line at the bottom of a terminal that changes in place. */
export interface Progress {
  event(event: JobEvent): void;
  /** Writes a line that stays, above the live one. */
  above(line: string): void;
  /** Takes the live line away; it comes back with the next event. */
  close(): void;
}

/** Often enough to look alive, seldom enough to cost nothing. */
const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001b[2K';

/** A live line on `stderr`, which must be a terminal. */
export function createProgress({
  stderr,
  clock,
  redact,
}: {
  readonly stderr: Host['stderr'];
  readonly clock: Host['clock'];
  readonly redact: Redactor;
}): Progress {
  const rowsDone = new Map<string, number>();
  const counts = { planned: undefined as number | undefined, ended: 0, failed: 0, rows: 0 };
  let drawnAtMs: number | undefined;

  const clear = () => {
    if (drawnAtMs !== undefined) stderr.write(CLEAR_LINE);
    drawnAtMs = undefined;
  };
  const draw = () => {
    drawnAtMs = clock.nowMs();
    // A line as wide as the terminal would wrap, and then could not be cleared.
    const text = redact(statusText(counts, rowsDone)).slice(0, (stderr.columns ?? 80) - 1);
    stderr.write(CLEAR_LINE + text);
  };

  return {
    event(event) {
      count(event, counts, rowsDone);
      const isDue = drawnAtMs === undefined || clock.nowMs() - drawnAtMs >= REDRAW_MS;
      if (isDue && event.type !== 'note') draw();
    },
    above(line) {
      const isLive = drawnAtMs !== undefined;
      clear();
      stderr.write(`${redact(line)}\n`);
      if (isLive) draw();
    },
    close: clear,
  };
}

interface Counts {
  planned: number | undefined;
  ended: number;
  failed: number;
  /** Of tasks that have ended. */
  rows: number;
}

function count(event: JobEvent, counts: Counts, rowsDone: Map<string, number>): void {
  switch (event.type) {
    case 'planned':
      counts.planned = event.taskCount;
      return;
    case 'started':
      rowsDone.set(event.taskId, 0);
      return;
    case 'progress':
      rowsDone.set(event.taskId, event.rowsDone);
      return;
    case 'finished':
    case 'failed':
    case 'cancelled':
      counts.ended++;
      if (event.type === 'failed') counts.failed++;
      if (event.type === 'finished' && event.result.status === 'done') counts.rows += event.result.rowCount;
      rowsDone.delete(event.taskId);
      return;
    default:
      return;
  }
}

function statusText(counts: Counts, rowsDone: ReadonlyMap<string, number>): string {
  const running = [...rowsDone.keys()];
  const rows = [...rowsDone.values()].reduce((sum, value) => sum + value, counts.rows);
  const parts = [
    counts.planned === undefined ? `${counts.ended} done` : `${counts.ended}/${counts.planned} done`,
    counts.failed > 0 ? `${counts.failed} failed` : undefined,
    `${rows} rows`,
    running.length > 0 ? `${running.length} running: ${running.join(' ')}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}
