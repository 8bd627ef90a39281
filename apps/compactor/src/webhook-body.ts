import type { Redactor } from '@ticklake/cli-kit';
import { instantText } from '@ticklake/jobs';
import type { RunReport } from './run-report.js';

/** Who tells. */
export interface Teller {
  /** Name and version of the program. */
  readonly app: string;
  readonly host: string;
  readonly redact: Redactor;
}

/**
 * What `--webhook` is told (spec row OP-22), to be written as JSON. `text` says it in one sentence, which is the part that chats such as
 * Slack and Mattermost show.
 */
export function webhookBody(report: RunReport, { app, host, redact }: Teller) {
  const { exitCode, outcome, partitions, rows, startedAtMs, endedAtMs, lastCompactedDay } = report;
  const unplaced = report.unplacedFiles ?? 0;
  const counts = Object.entries(partitions)
    .filter(([, count]) => count > 0)
    .map(([result, count]) => `${count} ${result}`);
  const failures = report.failures.map((failure) => ({ ...failure, message: redact(failure.message) }));
  const first =
    failures[0] === undefined
      ? []
      : [[failures[0].partition, failures[0].message].filter(Boolean).join(': ')];
  return {
    text: [
      `${app} on ${host}: ${outcome} (exit ${exitCode})`,
      ...counts,
      ...(unplaced === 0 ? [] : [`${unplaced} files without a day`]),
      ...first,
    ].join(', '),
    app,
    host,
    exit_code: exitCode,
    outcome,
    summary: { partitions, rows, unplaced_files: unplaced, last_compacted_date: lastCompactedDay ?? null },
    failures,
    started_at: instantText(startedAtMs),
    ended_at: instantText(endedAtMs),
  };
}
