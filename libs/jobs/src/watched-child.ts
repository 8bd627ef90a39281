import { fork, spawn, type Serializable } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@ticklake/core';
import { residentMeter } from './resident-bytes.js';

/** Why a child process is no more. */
export type ChildEnd =
  /** It held more memory than it may, and was ended. */
  | { readonly reason: 'memory'; readonly residentBytes: number; readonly residentBytesMax: number }
  /** Nothing was heard of it for longer than it may be silent, and it was ended. */
  | { readonly reason: 'silence'; readonly silentMs: number }
  /** It ended by itself, or somebody else ended it. */
  | { readonly reason: 'crash'; readonly exitCode: number | null; readonly signal: string | null }
  /** {@link WatchedChild.end} ended it. */
  | { readonly reason: 'ended' };

/** A program in a process of its own, which is ended when it takes too much memory or goes silent. */
export interface WatchedChild<ToChild extends Serializable> {
  readonly pid: number | undefined;
  send(message: ToChild): void;
  /**
   * From now on the child is watched, and may be silent for so long: any message it sends is a sign of life.
   * `undefined`: it has nothing to do, and is left alone.
   */
  allowSilence(msMax: number | undefined): void;
  /** Resolves when the process is gone, and never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Ends it at once, whatever it does, and waits until it is gone. */
  end(): Promise<void>;
}

/** How a child is started and watched. */
export interface WatchedChildOptions<FromChild> {
  /** The JavaScript file it runs. Its stdin is empty, its stdout is thrown away, its stderr is ours. */
  readonly script: URL;
  /** Resident memory of the whole process. */
  readonly residentBytesMax: number;
  /** How often it is looked at. */
  readonly pollMs: number;
  readonly clock: Clock;
  onMessage(message: FromChild): void;
}

/** What each watched child held when it was last looked at. Children are the process's, so this is too. */
const residentByPid = new Map<number, number>();

/**
 * Resident memory in bytes of all children of {@link startWatchedChild} that run, each as of its last look: 0 before the
 * first one. For telling how much memory a run really takes (spec row OP-15).
 */
export function residentOfChildren(): number {
  return [...residentByPid.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Starts `script` as a child process and watches it. What a decoder run by hostile bytes may do to a process, it does to
 * that one: hang it, exhaust its memory, crash it. It never outlives this process, however that ends.
 *
 * Silence is counted in looks, not read from a clock: a machine that slept, or was too busy to look, accuses nobody.
 */
export function startWatchedChild<ToChild extends Serializable, FromChild>(
  options: WatchedChildOptions<FromChild>,
): WatchedChild<ToChild> {
  const { script, residentBytesMax, pollMs, clock, onMessage } = options;
  const child = fork(fileURLToPath(script), [], {
    // Classes do not cross, but what is plain does as it is, bigint included.
    serialization: 'advanced',
    // What this process was started with, a debugger's port for one, is not for the child.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { pid } = child;
  let verdict: ChildEnd | undefined;
  let silentMs = 0;
  let silenceMsMax: number | undefined;
  let watching: AbortController | undefined;
  const kill = (reason: ChildEnd) => {
    verdict ??= reason;
    child.kill('SIGKILL');
  };
  const rest = () => {
    watching?.abort();
    watching = undefined;
  };
  const guard = pid === undefined ? undefined : startOrphanGuard(pid);
  const ended = new Promise<ChildEnd>((resolve) => {
    const end = (exitCode: number | null, signal: string | null) => {
      rest();
      if (pid !== undefined) residentByPid.delete(pid);
      guard?.end();
      resolve(verdict ?? { reason: 'crash', exitCode, signal });
    };
    child.on('exit', end);
    // One that could not be started never exits; any other trouble is that of the channel, and the exit follows.
    child.on('error', () => {
      if (pid === undefined) end(null, null);
    });
  });
  child.on('message', (message) => {
    silentMs = 0;
    onMessage(message as FromChild);
  });
  const meter = pid === undefined ? undefined : residentMeter(pid);
  const watch = async (stop: AbortSignal) => {
    for (;;) {
      await clock.sleep(pollMs, stop);
      silentMs += pollMs;
      const residentBytes = (await meter?.read()) ?? 0;
      if (stop.aborted) return;
      if (pid !== undefined) residentByPid.set(pid, residentBytes);
      if (residentBytes > residentBytesMax) kill({ reason: 'memory', residentBytes, residentBytesMax });
      else if (silenceMsMax !== undefined && silentMs > silenceMsMax) kill({ reason: 'silence', silentMs });
    }
  };
  return {
    pid,
    send: (message) => void child.send(message, ignoreFailure),
    allowSilence(msMax) {
      silenceMsMax = msMax;
      silentMs = 0;
      if (msMax === undefined) rest();
      else if (watching === undefined && child.exitCode === null && child.signalCode === null) {
        watching = new AbortController();
        watch(watching.signal).catch(ignoreFailure);
      }
    },
    ended,
    async end() {
      kill({ reason: 'ended' });
      await ended;
    },
  };
}

/**
 * A child hears that its parent is gone only when it listens, which one that hangs does not: so a shell waits for the end
 * of a pipe that nobody but this process holds open, and then ends the child. Without a shell, those that listen end.
 */
function startOrphanGuard(pid: number): { end(): void } {
  const guard = spawn(
    '/bin/sh',
    ['-c', `trap '' INT TERM HUP; read -r _; kill -KILL "$1"`, 'orphan-guard', String(pid)],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  );
  guard.on('error', ignoreFailure);
  guard.stdin.on('error', ignoreFailure);
  return { end: () => void guard.kill('SIGKILL') };
}

/** A message that does not arrive, or a watch that is called off: the end of the child tells all there is to tell. */
function ignoreFailure(): undefined {
  return undefined;
}
