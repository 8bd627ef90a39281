import type { Finding } from '@ticklake/manifest';
import type { Verdict } from '../tiers/verify/verdict.js';

/** What a dataset is called: as good as its worst finding. Information is none. */
export type Status = 'PASS' | 'WARN' | 'FAIL';

/** The status of a dataset (VF-14). */
export function statusOf({ findings }: Pick<Verdict, 'findings'>): Status {
  if (findings.some(({ severity }) => severity === 'error')) return 'FAIL';
  return findings.some(({ severity }) => severity === 'warning') ? 'WARN' : 'PASS';
}

/** The verdict with warnings made errors, where that is asked for. */
export function judged(verdict: Verdict, { strict }: { readonly strict: boolean }): Verdict {
  if (!strict) return verdict;
  const findings = verdict.findings.map(
    (finding): Finding => (finding.severity === 'warning' ? { ...finding, severity: 'error' } : finding),
  );
  return { ...verdict, findings };
}

/** A finding as one line. */
export function findingText({ severity, check, message, details }: Finding): string {
  const told = Object.entries(details).map(([key, value]) => ` ${key}=${String(value)}`);
  // What a file says of itself may hold anything.
  // eslint-disable-next-line no-control-regex
  return `${severity} ${check}: ${message}${told.join('')}`.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** A verdict for people. */
export function verdictText(verdict: Verdict): string {
  const { tier, day, facts, findings } = verdict;
  const line = `${statusOf(verdict)} tier ${tier} ${day}  rows=${facts?.rowCount ?? 'unknown'}`;
  return [line, ...findings.map((finding) => `     ${findingText(finding)}`)].join('\n');
}
