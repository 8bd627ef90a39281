import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';

/** What a program cost from its start to its end. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
}

/** What else a program is started with. */
export interface RunOptions {
  /** Another Node than the one that measures. */
  readonly node?: string;
  /** What Node is told beside. */
  readonly nodeFlags?: readonly string[];
  /** How many files it may have open, by `ulimit -n`; absent: as many as this process. */
  readonly openFilesMax?: number;
  /** On top of the environment there is. */
  readonly env?: Readonly<Record<string, string>>;
}

/** This process's, without what has every Node read some hundred certificates when it starts, which takes 40 ms and nobody here asks for. */
const { NODE_EXTRA_CA_CERTS: _, ...OWN_ENV } = process.env;

const REPORTER = new URL('./report-usage.js', import.meta.url).href;

/**
 * Runs a Node program in a process of its own; nothing of this process counts. `peakRssBytes` is what the kernel
 * recorded as the highest, not a sample, so no peak is missed.
 *
 * @throws Error when the program does not end with exit code 0; what it wrote is in the message.
 */
export async function runMeasured(
  script: string,
  args: readonly string[],
  { node = process.execPath, nodeFlags = [], openFilesMax, env = {} }: RunOptions = {},
): Promise<Usage> {
  const startMs = performance.now();
  const limit =
    openFilesMax === undefined ? [] : ['sh', '-c', `ulimit -n ${openFilesMax} && exec "$@"`, 'sh'];
  const [program = node, ...given] = [...limit, node, ...nodeFlags, '--import', REPORTER, script, ...args];
  const child = spawn(program, given, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...OWN_ENV, ...env },
  });
  const [out, log, report] = [1, 2, 3].map((fd) => collect(child.stdio[fd] as Readable));
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  const wallMs = performance.now() - startMs;
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${out?.()}${log?.()}`);
  const { peakRssKib, cpuUs } = JSON.parse(report?.() ?? '') as { peakRssKib: number; cpuUs: number };
  return { wallMs, cpuMs: cpuUs / 1000, peakRssBytes: peakRssKib * 1024 };
}

function collect(stream: Readable): () => string {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString('utf8');
}
