import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Asking `ps` starts a process of its own, so it is asked this many times less often than /proc. */
const POLLS_PER_PS = 20;

/** Tells how much memory a process really has. */
export interface ResidentMeter {
  /** Bytes at this moment, or as of a little while ago; `undefined` when the process is gone or cannot be asked about. */
  read(): Promise<number | undefined>;
}

/** A meter for the process `pid`, to be read again and again: by /proc, and where there is none by `ps`. */
export function residentMeter(pid: number, hasProc = existsSync('/proc/self/status')): ResidentMeter {
  if (hasProc) return { read: () => Promise.resolve(residentByProc(pid)) };
  let readsLeft = 0;
  let last: number | undefined;
  return {
    async read() {
      if (readsLeft-- > 0) return last;
      readsLeft = POLLS_PER_PS - 1;
      return (last = await residentByPs(pid));
    },
  };
}

function residentByProc(pid: number): number | undefined {
  try {
    return kibibytes(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

function residentByPs(pid: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, text) => {
      resolve(error === null ? kibibytes(/^\s*(\d+)\s*$/.exec(text)?.[1]) : undefined);
    });
  });
}

function kibibytes(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits) * 1024;
}
