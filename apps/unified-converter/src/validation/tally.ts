import type { PartitionReport } from './report.js';

/** What is wrong, by check, as rows go by. */
export interface Tally {
  /** Counts something of the row at `time`. */
  add(check: string, severity: 'error' | 'warning', message: string, time?: number): void;
  findings(): PartitionReport['findings'];
}

/** Nothing found yet. */
export function createTally(): Tally {
  const found = new Map<string, PartitionReport['findings'][number]>();
  return {
    add(check, severity, message, time) {
      const known = found.get(check);
      if (known !== undefined) known.count++;
      else {
        const first = time === undefined ? {} : { first: String(time) };
        found.set(check, { check, severity, count: 1, ...first, message });
      }
    },
    findings: () => [...found.values()],
  };
}
