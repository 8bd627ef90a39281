import type { Usage } from '../measure/run-measured.js';
import { median, mib, seconds } from '../measure/units.js';
import type { JobResult } from './run-job.js';

const COLUMNS = [
  'job',
  'rows',
  'files',
  'rounds',
  'ours: wall s',
  'cpu s',
  'krows/s',
  'peak MiB',
  'output MiB',
  'DuckDB: wall s',
  'cpu s',
  'krows/s',
  'peak MiB',
  'output MiB',
  'rows/s ratio',
  'cpu ratio',
  'RSS ratio',
];

/** Medians of every job as a Markdown table; ratios are taken round by round and above 1 where we are better. */
export function resultsTable(results: readonly JobResult[]): string {
  const lines = [COLUMNS, COLUMNS.map(() => '---'), ...results.map(cells)];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function cells({ job, rowCount, ours, duckdb, oursSizeBytes, duckdbSizeBytes }: JobResult): string[] {
  const ratio = (of: (usage: Usage) => number) =>
    median(ours.map((usage, round) => of(duckdb[round] as Usage) / of(usage))).toFixed(2);
  const side = (usages: readonly Usage[], sizeBytes: number) => {
    const wallMs = median(usages.map((usage) => usage.wallMs));
    return [
      seconds(wallMs),
      seconds(median(usages.map((usage) => usage.cpuMs))),
      (rowCount / wallMs).toFixed(0),
      mib(median(usages.map((usage) => usage.peakRssBytes))),
      mib(sizeBytes),
    ];
  };
  return [
    job.name,
    String(rowCount),
    String(job.files),
    String(ours.length),
    ...side(ours, oursSizeBytes),
    ...side(duckdb, duckdbSizeBytes),
    ratio(({ wallMs }) => wallMs),
    ratio(({ cpuMs }) => cpuMs),
    ratio(({ peakRssBytes }) => peakRssBytes),
  ];
}
