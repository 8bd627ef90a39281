import { errorText, isLakeError, type Clock } from '@ticklake/core';
import { instantText, type JobEvent } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';

/** What happened in runs, kept beside the data (UC-33). */
export interface EventLog {
  event(event: JobEvent): void;
  /** Why the run ended. */
  failure(error: unknown): void;
  /** Adds what was told to the log. Call it once, at the end of the run. @throws LakeError as the store does. */
  flush(): Promise<void>;
}

/** The name of the log, in the folder of logs. */
export const LOG_NAME = 'step1_5_converter.log';

/** The log keeps so much of what there was: the end of it. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** A log of one JSON object per line, each with the time and the run that it is of. Progress is left out. */
export function createEventLog(store: ObjectStore, clock: Clock): EventLog {
  const run = instantText(clock.nowMs());
  const lines: string[] = [];
  const add = (fields: object) => {
    const at = instantText(clock.nowMs());
    lines.push(`${JSON.stringify({ at, run, ...fields }, plain)}\n`);
  };
  return {
    event(event) {
      if (event.type !== 'progress') add(event);
    },
    failure: (error) => add({ type: 'error', error }),
    async flush() {
      if (lines.length === 0) return;
      const held = await store.head(LOG_NAME);
      const before =
        held === undefined ? '' : Buffer.from((await store.get(LOG_NAME)).bytes).toString('utf8');
      const text = kept(before) + lines.join('');
      await store.put(LOG_NAME, Buffer.from(text), { contentType: 'application/x-ndjson' });
    },
  };
}

/** The last whole lines. */
function kept(text: string): string {
  if (text.length <= KEPT_BYTES) return text;
  const end = text.slice(-KEPT_BYTES);
  return end.slice(end.indexOf('\n') + 1);
}

/** JSON has neither errors nor whole numbers of 64 bits. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  if (!isLakeError(value)) return { message: errorText(value) };
  const { kind, code, message, details } = value;
  return { kind, code, message, details };
}
