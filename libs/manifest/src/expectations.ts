import type { FileFacts, Finding } from './facts.js';
import { error } from './file-findings.js';

/**
 * Where what is known of a file differs from what was expected of it: one finding per check. A fact that was not
 * expected, or that could not be learned, is not compared.
 */
export function expectationFindings(expected: Partial<FileFacts>, known: Partial<FileFacts>): Finding[] {
  const findings: Finding[] = [];
  const compare = (check: string, message: string, want: unknown, have: unknown) => {
    if (want !== undefined && have !== undefined && want !== have) {
      findings.push(error(check, message, { expected: want, actual: have }));
    }
  };
  compare('size', 'the file has another size', expected.sizeBytes, known.sizeBytes);
  compare('sha256', 'the file has other bytes', expected.sha256, known.sha256);
  compare('row_count', 'the file has another number of rows', expected.rowCount, known.rowCount);
  compare('schema', 'the file has other columns', expected.schemaFingerprint, known.schemaFingerprint);
  compare('ts_range', 'the file starts elsewhere', expected.orderMin, known.orderMin);
  compare('ts_range', 'the file ends elsewhere', expected.orderMax, known.orderMax);
  compare('content', 'the file holds other rows', expected.content?.multiset, known.content?.multiset);
  compare('content', 'the rows stand in another order', expected.content?.ordered, known.content?.ordered);
  return findings;
}
