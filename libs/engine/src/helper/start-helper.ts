import type { Arena } from '@ticklake/columnar';
import { optimiseLate, readFailure, startThread } from '@ticklake/core';
import { defaultKernels, type KernelChoice } from '@ticklake/kernels';
import type { HelperAnswer, HelperRequest, HelperResponse, HelperSetup } from './messages.js';

/** A second thread that works in the same arena. It serves one merge at a time. */
export interface Helper {
  /** Answers requests in their order. @throws LakeError as whoever would do it here; Error when the thread is gone. */
  ask(request: HelperRequest): Promise<HelperAnswer>;
  /** Ends the thread and gives its part of the arena back. */
  close(): Promise<void>;
}

/** How {@link startHelper} starts one. */
export interface HelperOptions {
  /** What the thread may hold, taken from the arena. */
  readonly bytesMax: number;
  /** As the arena has them. */
  readonly kernels?: KernelChoice;
  /** The built file that the thread runs; only tests need to say. */
  readonly script?: URL;
}

/**
 * Room for the objects that the thread has made last. Without a limit it grows to 48 MiB the longer the thread runs, whatever that
 * does; with this one it takes no longer. Measured.
 */
const YOUNG_OBJECTS = { maxYoungGenerationSizeMb: 12 };

/** Starts a thread. From then on V8 optimises late, in all threads ({@link optimiseLate}). */
export function startHelper(arena: Arena, options: HelperOptions): Helper {
  const { bytesMax, kernels = defaultKernels() } = options;
  optimiseLate();
  const start = arena.alloc(bytesMax);
  const setup: HelperSetup = { memory: arena.handle, start, end: start + arena.capacityOf(start), kernels };
  const script = options.script ?? new URL('./helper-thread.js', import.meta.url);
  const worker = startThread(script, { workerData: setup, resourceLimits: YOUNG_OBJECTS });
  // It never keeps a program from ending.
  worker.unref();
  const waiting: { resolve(answer: HelperAnswer): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    for (const one of waiting.splice(0)) one.reject(failure);
  };
  worker.on('message', (response: HelperResponse) => {
    const asked = waiting.shift();
    if (waiting.length === 0) worker.unref();
    if (response.type === 'done') asked?.resolve(response.answer);
    else asked?.reject(readFailure(response.failure));
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a helper thread ended before its work did')));
  return {
    ask(request) {
      if (failure !== undefined) return Promise.reject(failure);
      // As long as it is asked for something it does keep it.
      worker.ref();
      worker.postMessage(request);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    async close() {
      await worker.terminate();
      arena.free(start);
    },
  };
}
