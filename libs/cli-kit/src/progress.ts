import type { Host } from './host.js';
import { printable } from './printable.js';
import type { ProgressFigures } from './progress-meter.js';
import type { Redactor } from './redact.js';

/** One line at the bottom of a terminal that changes in place. */
export interface Progress {
  /** Something has changed: shows the line, now or soon. */
  update(): void;
  /** Writes a line that stays, above the live one. */
  above(line: string): void;
  /** Takes the live line away; it comes back with the next update. */
  close(): void;
}

/** What {@link createProgress} shows, and where. */
export interface ProgressOptions {
  /** A terminal. */
  readonly stderr: Host['stderr'];
  readonly clock: Host['clock'];
  readonly redact: Redactor;
  figures(): ProgressFigures;
}

/** Often enough to look alive, seldom enough to cost nothing. */
const REDRAW_MS = 100;
/** While nothing happens: the speed falls and the time goes on, which tells that the program still lives. */
const IDLE_REDRAW_MS = 1000;
const CLEAR_LINE = '\r\u001b[2K';

/**
 * A live line. A line that wrapped could not be cleared, and how wide a character is only the terminal knows: so wrapping
 * is off while it is written, and what does not fit is lost. A library that draws several lines would have to measure.
 */
export function createProgress({ stderr, clock, redact, figures }: ProgressOptions): Progress {
  let drawnAtMs: number | undefined;
  let idle: NodeJS.Timeout | undefined;

  const draw = () => {
    drawnAtMs = clock.nowMs();
    idle ??= setInterval(draw, IDLE_REDRAW_MS).unref();
    // Cut all the same, by characters: what goes beyond the edge would be written over its last column.
    const text = [...printable(redact(statusText(figures())))].slice(0, (stderr.columns ?? 80) - 1).join('');
    stderr.write(`${CLEAR_LINE}\u001b[?7l${text}\u001b[?7h`);
  };
  const close = () => {
    clearInterval(idle);
    idle = undefined;
    if (drawnAtMs !== undefined) stderr.write(CLEAR_LINE);
    drawnAtMs = undefined;
  };

  return {
    update() {
      if (drawnAtMs === undefined || clock.nowMs() - drawnAtMs >= REDRAW_MS) draw();
    },
    above(line) {
      const isLive = drawnAtMs !== undefined;
      close();
      stderr.write(`${printable(redact(line))}\n`);
      if (isLive) draw();
    },
    close,
  };
}

/** The numbers first: names of tasks are what may be cut. */
function statusText(figures: ProgressFigures): string {
  const { tasksDone, tasksTotal, tasksFailed, tasksRunning, rows, rowsPerSecond, etaMs, rssBytes } = figures;
  const parts = [
    tasksTotal === undefined ? `${tasksDone} done` : `${tasksDone}/${tasksTotal} done`,
    tasksFailed > 0 ? `${tasksFailed} failed` : undefined,
    `${countText(rows)} rows`,
    rowsPerSecond === undefined ? undefined : `${countText(rowsPerSecond)} rows/s`,
    etaMs === undefined ? undefined : `ETA ${durationOf(etaMs)}`,
    `${Math.round(rssBytes / 2 ** 20)} MiB`,
    tasksRunning.length > 0 ? `${tasksRunning.length} running: ${tasksRunning.join(' ')}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** `1,234,567`, wherever the machine stands. */
function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `45s`, `3m05s`, `2h07m`. */
function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${twoDigits(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`;
}
