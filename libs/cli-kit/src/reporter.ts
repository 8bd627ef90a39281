import { isLakeError } from '@ticklake/core';
import { instantText, type JobEvent } from '@ticklake/jobs';
import { describeError, explainError, toJson } from './describe-error.js';
import { withHint, type HintOf } from './hints.js';
import type { Host } from './host.js';
import { printable } from './printable.js';
import { createProgress } from './progress.js';
import { createProgressMeter } from './progress-meter.js';
import type { Redactor } from './redact.js';

/** Shows what happens, on stderr. */
export interface Reporter {
  event(event: JobEvent): void;
  /** The error that ended the command. */
  failure(error: unknown): void;
  /** Takes the live line away. */
  close(): void;
}

/** Between two progress lines of one task in a log. */
const PROGRESS_LOG_MS = 10_000;

/** Where and how {@link createReporter} writes. */
export interface ReporterOptions {
  readonly name: string;
  readonly stderr: Host['stderr'];
  readonly clock: Host['clock'];
  readonly residentBytes: Host['residentBytes'];
  readonly redact: Redactor;
  readonly hintOf: HintOf;
  /** Whether lines that stay on a terminal begin with an emoji. */
  readonly hasEmoji?: boolean;
}

/** A live display on a terminal, one JSON object per line anywhere else. */
export function createReporter(options: ReporterOptions): Reporter {
  return options.stderr.isTTY === true ? createTerminalReporter(options) : createLogReporter(options);
}

function createLogReporter({ stderr, clock, residentBytes, redact, hintOf }: ReporterOptions): Reporter {
  const meter = createProgressMeter({ clock, residentBytes });
  const loggedAtMs = new Map<string, number>();
  const log = (fields: object) => {
    const at = instantText(clock.nowMs());
    stderr.write(`${redact(toJson({ at, ...fields, rssBytes: residentBytes() }))}\n`);
  };
  const isDue = (taskId: string) => {
    const last = loggedAtMs.get(taskId);
    const due = last !== undefined && clock.nowMs() - last >= PROGRESS_LOG_MS;
    if (last === undefined || due) loggedAtMs.set(taskId, clock.nowMs());
    return due;
  };
  return {
    event(event) {
      meter.event(event);
      if (event.type === 'progress') {
        if (!isDue(event.taskId)) return;
        const figures = meter.figures();
        log({ ...event, ...figures, tasksRunning: figures.tasksRunning.length });
        return;
      }
      if ('taskId' in event && event.type !== 'started') loggedAtMs.delete(event.taskId);
      log(event.type === 'failed' ? { ...event, hint: hintOf(event.error) } : event);
    },
    failure(error) {
      const hint = hintOf(error);
      // A wrong flag is answered to a person even when nobody watches: a sentence, not a record.
      if (isLakeError(error, 'invalid'))
        stderr.write(`${printable(redact(withHint(explainError(error), hint)))}\n`);
      else log({ type: 'error', ...describeError(error), hint });
    },
    close: () => undefined,
  };
}

function createTerminalReporter(options: ReporterOptions): Reporter {
  const { name, stderr, clock, residentBytes, redact, hintOf, hasEmoji = false } = options;
  const hinted = new Set<string>();
  const meter = createProgressMeter({ clock, residentBytes });
  const progress = createProgress({ stderr, clock, redact, figures: meter.figures });
  return {
    event(event) {
      meter.event(event);
      if (event.type !== 'note') progress.update();
      const line = eventText(event);
      if (line !== undefined) progress.above(hasEmoji ? `${EMOJI[line.tells]} ${line.text}` : line.text);
      const hint = event.type === 'failed' ? hintOf(event.error) : undefined;
      // Many tasks may fail for one reason.
      if (hint !== undefined && !hinted.has(hint)) progress.above(`hint: ${hint}`);
      if (hint !== undefined) hinted.add(hint);
    },
    failure(error) {
      progress.close();
      const text = withHint(`${name}: ${explainError(error)}`, hintOf(error));
      const told = hasEmoji ? `${EMOJI.failed} ${text}` : text;
      stderr.write(`${printable(redact(told))}\n`);
    },
    close: () => progress.close(),
  };
}

/** A line that stays on the screen. */
interface Line {
  readonly tells: keyof typeof EMOJI;
  readonly text: string;
}

const EMOJI = {
  ...{ done: '✅', skipped: '💤', failed: '❌', cancelled: '🛑' },
  ...{ info: '📌', warning: '🚧' },
} as const;

/** The line for events that deserve one. */
function eventText(event: JobEvent): Line | undefined {
  switch (event.type) {
    case 'finished': {
      const { result, taskId, tookMs } = event;
      if (result.status === 'skipped')
        return { tells: 'skipped', text: `skipped ${taskId}: ${result.reason}` };
      const size = (result.sizeBytes / 1e6).toFixed(1);
      const text = `done ${taskId}: ${result.rowCount} rows, ${size} MB, ${(tookMs / 1000).toFixed(1)} s`;
      return { tells: 'done', text };
    }
    case 'failed': {
      const { taskId, quarantined, error } = event;
      const text = `failed ${taskId}${quarantined ? ' (quarantined)' : ''}: ${explainError(error)}`;
      return { tells: 'failed', text };
    }
    case 'cancelled':
      return { tells: 'cancelled', text: `cancelled ${event.taskId}` };
    case 'note': {
      const text = `${event.severity}: ${[event.message, ...detailTexts(event.details)].join(' ')}`;
      return { tells: event.severity, text };
    }
    default:
      return undefined;
  }
}

function detailTexts(details: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(details).map(([key, value]) => {
    return `${key}=${typeof value === 'object' ? toJson(value) : String(value)}`;
  });
}
