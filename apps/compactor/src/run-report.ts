import { CANCELLED_EXIT_CODE, exitCodeOf, type CommandEnd } from '@ticklake/cli-kit';
import { isLakeError } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import type { CompactSummary } from './job.js';
import { WEBHOOK_FAILURES_MAX } from './limits.js';

/** How a run ended, for those who were not there (spec rows OP-21 and OP-22). */
export interface RunReport {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly exitCode: number;
  /** `success`, `failures`, `cancelled`, `bug`, or the kind of the error that ended it. */
  readonly outcome: string;
  readonly partitions: PartitionCounts;
  /** Of the partitions that are done. */
  readonly rows: number;
  /** The first {@link WEBHOOK_FAILURES_MAX}; that of the run itself comes first. */
  readonly failures: readonly RunFailure[];
  /** `YYYYMMDD`; `null` when there is none yet, `undefined` when the run did not get so far as to know. */
  readonly lastCompactedDay: string | null | undefined;
  /** `undefined` as above. */
  readonly listCount: number | undefined;
  /** Spool files that no day could be read from; `undefined` as above. */
  readonly unplacedFiles: number | undefined;
}

/** Partitions by what became of them; each is counted once. */
export type PartitionCounts = Readonly<
  Record<'done' | 'skipped' | 'quarantined' | 'failed' | 'cancelled', number>
>;

/** What went wrong with one partition, or with the run. */
export interface RunFailure {
  /** `null`: it ended the run. */
  readonly partition: string | null;
  /** The code of the error, or its kind where it has none. */
  readonly code: string;
  readonly message: string;
}

/** Adds up the events of a run while it goes on: they tell also what a run came to that did not end well. */
export interface RunTally {
  event(event: JobEvent): void;
  report(end: RunReportEnd): RunReport;
}

/** What {@link RunTally.report} has to be told. */
export interface RunReportEnd {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly end: CommandEnd;
  readonly summary: CompactSummary | undefined;
  readonly signal: AbortSignal;
}

/** Nothing counted yet. */
export function createRunTally(): RunTally {
  const partitions = { done: 0, skipped: 0, quarantined: 0, failed: 0, cancelled: 0 };
  const failures: RunFailure[] = [];
  let rows = 0;
  return {
    event(event) {
      if (event.type === 'finished') {
        partitions[event.result.status]++;
        if (event.result.status === 'done') rows += event.result.rowCount;
      } else if (event.type === 'cancelled') partitions.cancelled++;
      else if (event.type === 'failed') {
        partitions[event.quarantined ? 'quarantined' : 'failed']++;
        if (failures.length < WEBHOOK_FAILURES_MAX) failures.push(failureOf(event.taskId, event.error));
      }
    },
    report({ startedAtMs, endedAtMs, end, summary, signal }) {
      const ofRun = 'error' in end ? [failureOf(null, end.error)] : [];
      return {
        startedAtMs,
        endedAtMs,
        exitCode: exitCodeOf(end, signal),
        outcome: outcomeText(end, signal),
        partitions: { ...partitions },
        rows,
        failures: [...ofRun, ...failures].slice(0, WEBHOOK_FAILURES_MAX),
        lastCompactedDay: summary?.lastCompactedDay,
        listCount: summary?.listCount,
        unplacedFiles: summary?.unplacedFiles.length,
      };
    },
  };
}

function failureOf(partition: string | null, error: unknown): RunFailure {
  if (isLakeError(error)) return { partition, code: error.code ?? error.kind, message: error.message };
  return { partition, code: 'BUG', message: error instanceof Error ? error.message : String(error) };
}

function outcomeText(end: CommandEnd, signal: AbortSignal): string {
  if (exitCodeOf(end, signal) === CANCELLED_EXIT_CODE) return 'cancelled';
  if (!('error' in end)) return end.outcome;
  return isLakeError(end.error) ? end.error.kind : 'bug';
}
