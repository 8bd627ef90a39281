import type { Verdict } from '../tiers/verify/verdict.js';
import { findingText } from './judgement.js';

/**
 * Verdicts as JUnit XML (VF-15): a suite a dataset, a failed case for every error, a case with output for every other finding, and one that
 * passes for a dataset without any.
 */
export function junitReport(verdicts: readonly Verdict[]): string {
  const suites = verdicts.map(({ tier, day, findings }) => {
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    const cases = findings.map((finding) => {
      const name = `<testcase classname="tier${tier}.${day}" name="${escaped(finding.check)}">`;
      const text = escaped(findingText(finding));
      const body =
        finding.severity === 'error' ? `<failure message="${text}"/>` : `<system-out>${text}</system-out>`;
      return `    ${name}${body}</testcase>`;
    });
    if (cases.length === 0) cases.push(`    <testcase classname="tier${tier}.${day}" name="all"/>`);
    const opening = `  <testsuite name="tier${tier} ${day}" tests="${cases.length}" failures="${errors}">`;
    return [opening, ...cases, '  </testsuite>'].join('\n');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join(
    '\n',
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? one);
}
