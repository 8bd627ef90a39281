import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { COMPACTOR } from '../measure/programs.js';

/** What is compacted, and where to. */
export interface SignalStores {
  readonly raw: string;
  readonly compact: string;
  readonly day: string;
}

/** How a run of the program ended. */
export interface RunEnd {
  /** Exit code, or the signal that ended it before it could say anything. */
  readonly end: number | string;
  readonly tookMs: number;
  /** From the signal to the end, where one was sent. */
  readonly stoppedAfterMs: number | undefined;
  readonly log: string;
}

/** Runs the built compactor, with isolated workers as it is; `termAfterMs` after its start it is sent SIGTERM. */
export function runCompactor({ raw, compact, day }: SignalStores, termAfterMs?: number): Promise<RunEnd> {
  const startMs = performance.now();
  const args = [
    'run',
    '--raw',
    raw,
    '--compact',
    compact,
    '--date',
    day,
    '--memory',
    '256MiB',
    '--workers',
    '2',
  ];
  const child = spawn(process.execPath, [COMPACTOR, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  let signalledMs: number | undefined;
  child.stderr.on('data', (piece: Buffer) => void (log += piece.toString('utf8')));
  const send = () => {
    signalledMs = performance.now();
    child.kill('SIGTERM');
  };
  const timer = termAfterMs === undefined ? undefined : setTimeout(send, termAfterMs);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const endMs = performance.now();
      const stoppedAfterMs = signalledMs === undefined ? undefined : endMs - signalledMs;
      resolve({ end: code ?? signal ?? 'unknown', tookMs: endMs - startMs, stoppedAfterMs, log });
    });
  });
}
