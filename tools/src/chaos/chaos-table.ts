import type { ChaosReport, Dialect } from '@ticklake/storage/testing';

/** What the scenarios of one dialect came to. */
export interface DialectReport extends ChaosReport {
  readonly dialect: Dialect;
}

/** More requests than so many for each that is needed are too many. */
const AMPLIFICATION_MAX = 3;
/** Of all dialects together; fewer prove little. */
export const SCENARIOS_MIN = 5_000;

/** A table for people. */
export function chaosTable(reports: readonly DialectReport[]): string {
  const rows = reports.map((report) =>
    [
      report.dialect,
      report.scenarios,
      report.succeeded,
      Object.entries(report.failed)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(', '),
      report.violations.length,
      report.hangs.length,
      report.amplification.toFixed(2),
      report.worst.amplification.toFixed(2),
    ].join(' | '),
  );
  return [
    '| dialect | scenarios | done all the same | failed, as they may | promises broken | hangs | requests for each | at most |',
    '| --- | --: | --: | --- | --: | --: | --: | --: |',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}

/** Why a run is not good, in words; nothing when it is. */
export function brokenPromises(reports: readonly DialectReport[], scenariosMin: number): string[] {
  const scenarios = reports.reduce((sum, report) => sum + report.scenarios, 0);
  return [
    ...reports.flatMap(({ violations }) => violations),
    ...reports.flatMap(({ hangs }) => hangs.map((scenario) => `hangs; ${scenario}`)),
    ...reports
      .filter(
        ({ amplification, worst }) => !(Math.max(amplification, worst.amplification) <= AMPLIFICATION_MAX),
      )
      .map(({ worst }) => `${worst.amplification.toFixed(2)} requests for each; ${worst.scenario}`),
    ...(scenarios < scenariosMin ? [`${scenarios} scenarios are fewer than ${scenariosMin}`] : []),
  ];
}
