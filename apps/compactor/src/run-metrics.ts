import type { Metric } from '@ticklake/cli-kit';
import { parseUtcDay, startOfDayMs } from '@ticklake/core';
import type { RunReport } from './run-report.js';

const LAST_SUCCESS = metricName('last_success_timestamp_seconds');
const LAST_DAY = metricName('last_compacted_day_timestamp_seconds');

/**
 * What `--metrics-file` of a run holds (spec row OP-21): all of it about this run, but for the last success and the last compacted day,
 * which are kept from the file as it was, `before`, where this run has nothing better to say.
 */
export function runMetrics(report: RunReport, before: ReadonlyMap<string, number>): Metric[] {
  const { startedAtMs, endedAtMs, exitCode, partitions, rows, lastCompactedDay } = report;
  const endedAt = endedAtMs / 1000;
  const lastDay =
    lastCompactedDay === undefined
      ? before.get(LAST_DAY)
      : lastCompactedDay === null
        ? undefined
        : startOfDayMs(parseUtcDay(lastCompactedDay)) / 1000;
  return [
    single(metricName('last_run_timestamp_seconds'), 'When the last run ended.', endedAt),
    single(
      LAST_SUCCESS,
      'When the last run ended that ended with 0.',
      exitCode === 0 ? endedAt : before.get(LAST_SUCCESS),
    ),
    single(LAST_DAY, 'Start of the last day before the first unfinished one.', lastDay),
    single(metricName('exit_code'), 'Exit code of the last run.', exitCode),
    single(metricName('duration_seconds'), 'How long the last run took.', (endedAtMs - startedAtMs) / 1000),
    single(metricName('rows'), 'Rows of the partitions that the last run made.', rows),
    single(metricName('list_requests'), 'Listings that the last run asked of the spool.', report.listCount),
    single(metricName('unplaced_files'), 'Spool files that no day could be read from.', report.unplacedFiles),
    {
      name: metricName('partitions'),
      help: 'Partitions of the last run, by what became of them.',
      samples: Object.entries(partitions).map(([result, value]) => ({ labels: { result }, value })),
    },
  ];
}

function metricName(end: string): string {
  return `ticklake_compactor_${end}`;
}

function single(name: string, help: string, value: number | undefined): Metric {
  return { name, help, samples: value === undefined ? [] : [{ value }] };
}
