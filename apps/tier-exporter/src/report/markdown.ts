import type { Verdict } from '../tiers/verify/verdict.js';
import { findingText, statusOf } from './judgement.js';

/** Verdicts as a page of Markdown (VF-15). Same verdicts, same text. */
export function markdownReport(verdicts: readonly Verdict[]): string {
  const lines = ['# Verification', '', '| tier | day | status | rows | findings |', '|---|---|---|---|---|'];
  for (const verdict of verdicts) {
    const rows = verdict.facts?.rowCount ?? 'unknown';
    lines.push(
      `| ${verdict.tier} | ${verdict.day} | ${statusOf(verdict)} | ${rows} | ${verdict.findings.length} |`,
    );
  }
  for (const { tier, day, findings } of verdicts) {
    if (findings.length === 0) continue;
    lines.push(
      '',
      `## tier ${tier}, ${day}`,
      '',
      ...findings.map((finding) => `- ${escaped(findingText(finding))}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What Markdown or HTML would take for its own. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#]/g, (one) => `\\${one}`);
}
