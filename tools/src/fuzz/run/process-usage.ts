import { readFileSync } from 'node:fs';

/** What a process has used since it began. */
export interface ProcessUsage {
  readonly cpuMs: number;
  /** The kernel's own high-water mark, not a sample. */
  readonly peakRssBytes: number;
}

/** Linux counts in hundredths of a second, whatever the machine. */
const TICK_MS = 10;

/** `undefined` where there is no such process, or no /proc. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status);
    // The name of the program, in brackets, may hold spaces; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (peak === null) return undefined;
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
      peakRssBytes: Number(peak[1]) * 1024,
    };
  } catch {
    return undefined;
  }
}
