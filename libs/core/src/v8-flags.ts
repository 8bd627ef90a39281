import { setFlagsFromString } from 'node:v8';
import { getEnvironmentData, setEnvironmentData, Worker, type WorkerOptions } from 'node:worker_threads';

/** Flags as they are set, each with what sets it back to what V8 has by itself, it and what it sets beside. */
export type V8Flags = Readonly<Record<string, string>>;

/** What this process has set. */
const wanted = new Map<string, string>();

/** Under which threads find what is wanted. */
const WANTED = 'ticklake.v8-flags';

/** Threads of {@link startThread} that have not said anything. */
let startingCount = 0;

/** Sets flags of V8, for all threads of this process: while one starts by {@link startThread}, not before its first message. */
export function setV8Flags(flags: V8Flags): void {
  for (const [flag, usual] of Object.entries(flags)) wanted.set(flag, usual);
  setWanted();
}

function setWanted(): void {
  if (startingCount === 0) for (const flag of wanted.keys()) setFlagsFromString(flag);
}

/**
 * Starts a thread, under the flags that V8 has by itself: what {@link setV8Flags} has set is set again by {@link threadStarted}, which the
 * thread calls. V8 takes what it compiled before (Node's own modules, and those of a bundled program) only under the very flags that it
 * was compiled under, and compiling it again takes a thread some 55 ms. Heaps grow meanwhile as V8 lets them by itself: not for programs
 * whose peak is to be the same at any size.
 */
export function startThread(script: URL, options?: WorkerOptions): Worker {
  for (const usual of wanted.values()) setFlagsFromString(usual);
  setEnvironmentData(WANTED, [...wanted.keys()]);
  const worker = new Worker(script, options);
  startingCount++;
  let isStarting = true;
  const hasStarted = () => {
    if (!isStarting) return;
    isStarting = false;
    startingCount--;
    setWanted();
  };
  // A thread that fails ends, too.
  worker.once('message', hasStarted).once('exit', hasStarted);
  return worker;
}

/** Called in a thread of {@link startThread} once its modules are there. */
export function threadStarted(): void {
  for (const flag of getEnvironmentData(WANTED) as unknown as readonly string[]) setFlagsFromString(flag);
}
