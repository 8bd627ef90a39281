import { printableValue } from '@ticklake/cli-kit';
import type { Finding } from '@ticklake/manifest';
import type { Extent, VerifySummary } from './verify-lake.js';
import { hasErrors, type PartitionVerdict } from './verify-partition.js';

/** A verdict for people: a line for the partition, and one for each finding. */
export function verdictText(verdict: PartitionVerdict): string {
  const { partition, facts, findings } = verdict;
  const line = `${hasErrors(verdict) ? 'BAD ' : 'good'} ${partition}  rows=${facts?.rowCount ?? 'unknown'}`;
  return [line, ...findings.map(findingText)].join('\n');
}

/** A finding for people, below what it is about. */
export function findingText({ check, severity, message, details }: Finding): string {
  const told = Object.entries(details).map(([key, value]) => ` ${key}=${String(value)}`);
  return printableValue(`     ${severity} ${check}: ${message}${told.join('')}`);
}

/** What a verification came to, for people. `sample`: as it was asked for. */
export function summaryText(
  { verified, matching, errors, warnings }: VerifySummary,
  sample: string | undefined,
): string {
  const all = sample === undefined ? '' : ` of ${extentText(matching)} (sample ${sample})`;
  return `${extentText(verified)}${all} verified, ${errors} with errors, ${warnings} with warnings`;
}

function extentText({ partitions, sizeBytes }: Extent): string {
  return `${partitions} partitions, ${sizeBytes} bytes`;
}
