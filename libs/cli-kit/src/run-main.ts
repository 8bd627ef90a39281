import { readFile, stat } from 'node:fs/promises';
import { LakeError, systemClock } from '@ticklake/core';
import { residentOfChildren } from '@ticklake/jobs';
import type { App } from './command.js';
import { explainError } from './describe-error.js';
import { BUG_EXIT_CODE, CANCELLED_EXIT_CODE } from './exit-codes.js';
import type { Host, TextSink } from './host.js';
import { createRedactor } from './redact.js';
import { runCli } from './run-cli.js';
import { openTerminal } from './terminal.js';

/** A stream of a process: text goes in, errors come out as events. */
export interface ProcessStream extends TextSink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The parts of Node's `process` that {@link runMain} touches. */
export interface ProcessLike {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: ProcessStream;
  readonly stderr: ProcessStream;
  readonly memoryUsage: { rss(): number };
  exitCode?: number | string | null | undefined;
  on(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
}

/**
 * The whole `main.ts` of an app: runs it on this process and sets the exit code. The process then ends by itself
 * once its output is flushed.
 *
 * SIGINT and SIGTERM abort the signal that commands get; a second one exits at once with 130. An error nobody waited
 * for is shown and exits with 1. Closing our stdout or stderr early (`… | head`) is not an error.
 */
export async function runMain(app: App, target: ProcessLike = process): Promise<void> {
  const stop = new AbortController();
  const redact = createRedactor(target.env, []);
  const onSignal = () => {
    if (stop.signal.aborted) target.exit(CANCELLED_EXIT_CODE);
    else stop.abort(new LakeError('cancelled', 'stopped by a signal'));
  };
  const onBug = (error: unknown) => {
    target.stderr.write(`${redact(`${app.name}: ${explainError(error)}`)}\n`);
    target.exit(BUG_EXIT_CODE);
  };
  target.on('SIGINT', onSignal);
  target.on('SIGTERM', onSignal);
  target.on('unhandledRejection', onBug);
  target.on('uncaughtException', onBug);
  for (const stream of [target.stdout, target.stderr]) {
    stream.on('error', (error) => {
      if (errnoOf(error) !== 'EPIPE') onBug(error);
    });
  }
  target.exitCode = await runCli(app, processHost(target, stop.signal));
}

function processHost(target: ProcessLike, signal: AbortSignal): Host {
  return {
    argv: target.argv.slice(2),
    env: target.env,
    stdout: target.stdout,
    stderr: target.stderr,
    terminal:
      target.stdin.isTTY === true && target.stderr.isTTY === true
        ? openTerminal({ input: target.stdin, output: target.stderr, signal })
        : undefined,
    clock: systemClock,
    signal,
    residentBytes: () => target.memoryUsage.rss() + residentOfChildren(),
    readText,
    fileMode,
  };
}

function readText(path: string): Promise<string> {
  return ofFile(path, () => readFile(path, 'utf8'));
}

function fileMode(path: string): Promise<number> {
  return ofFile(path, async () => (await stat(path)).mode);
}

async function ofFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errnoOf(error);
    const kind = code === 'EACCES' || code === 'EPERM' ? 'denied' : code === 'ENOENT' ? 'missing' : 'invalid';
    throw new LakeError(kind, 'the file cannot be read', { details: { path }, cause: error });
  }
}

/** `ENOENT` and its like, from an error of Node's own. */
function errnoOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
