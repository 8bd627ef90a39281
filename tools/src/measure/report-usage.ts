// Loaded into a measured process by `--import`; tells on file descriptor 3, at the end, what the process used.
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// Threads load it too, and would report the same process again.
if (isMainThread)
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeSync(3, JSON.stringify({ peakRssKib: peakRssKib() ?? maxRSS, cpuUs: userCPUTime + systemCPUTime }));
  });

/** Linux counts what a process was before exec into `maxRSS`, its parent's size; VmHWM is the program's alone. */
function peakRssKib(): number | undefined {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}
