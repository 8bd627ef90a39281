import type { Finding } from '@ticklake/manifest';
import { parseUtcDay } from '@ticklake/core';
import type { Verdict } from '../tiers/verify/verdict.js';
import { judged, statusOf, verdictText } from './judgement.js';
import { junitReport } from './junit.js';
import { markdownReport } from './markdown.js';

const finding = (severity: Finding['severity'], details: Record<string, unknown> = {}): Finding => ({
  check: 'some_check',
  severity,
  message: 'a <message> & "more"',
  details,
});
const verdict = (...findings: Finding[]): Verdict => ({
  tier: 3,
  day: parseUtcDay('2026-01-15'),
  directory: '',
  facts: undefined,
  findings,
});

it.each<[string, Verdict]>([
  ['PASS', verdict()],
  ['PASS', verdict(finding('info'))],
  ['WARN', verdict(finding('info'), finding('warning'))],
  ['FAIL', verdict(finding('warning'), finding('error'))],
])('a day is %s as its worst finding', (status, one) => {
  expect(statusOf(one)).toBe(status);
});

it('strict makes errors of warnings, and of nothing else', () => {
  const one = verdict(finding('info'), finding('warning'), finding('error'));
  expect(judged(one, { strict: true }).findings.map(({ severity }) => severity)).toEqual([
    'info',
    'error',
    'error',
  ]);
  expect(judged(one, { strict: false })).toBe(one);
});

it('a report for people has no control characters from a file', () => {
  expect(verdictText(verdict(finding('error', { name: 'a\u001b[31m\nb\u009b' })))).toBe(
    'FAIL tier 3 2026-01-15  rows=unknown\n     error some_check: a <message> & "more" name=a?[31m?b?',
  );
});

it('JUnit XML fails a case for an error, tells the others, and escapes both', () => {
  expect(junitReport([verdict(finding('error'), finding('warning')), verdict()])).toBe(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites>',
      '  <testsuite name="tier3 2026-01-15" tests="2" failures="1">',
      '    <testcase classname="tier3.2026-01-15" name="some_check"><failure message="error some_check: a &lt;message&gt; &amp; &quot;more&quot;"/></testcase>',
      '    <testcase classname="tier3.2026-01-15" name="some_check"><system-out>warning some_check: a &lt;message&gt; &amp; &quot;more&quot;</system-out></testcase>',
      '  </testsuite>',
      '  <testsuite name="tier3 2026-01-15" tests="1" failures="0">',
      '    <testcase classname="tier3.2026-01-15" name="all"/>',
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n'),
  );
});

it('Markdown shows what a file says as text', () => {
  expect(markdownReport([verdict(finding('error', { name: '[x](y)`|' })), verdict()])).toBe(
    [
      '# Verification',
      '',
      '| tier | day | status | rows | findings |',
      '|---|---|---|---|---|',
      '| 3 | 2026-01-15 | FAIL | unknown | 1 |',
      '| 3 | 2026-01-15 | PASS | unknown | 0 |',
      '',
      '## tier 3, 2026-01-15',
      '',
      '- error some\\_check: a \\<message\\> & "more" name=\\[x\\](y)\\`\\|',
      '',
    ].join('\n'),
  );
});
