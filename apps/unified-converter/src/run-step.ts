import { LakeError, systemClock, type Clock } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import { VERSION } from './version.js';
import { convertConfig } from './config/convert.js';
import { convertLogged } from './convert-logged.js';

/** What {@link runStep} converts. */
export interface RunStepRequest {
  readonly symbol: string;
  readonly exchange: string;
  /** Of the klines, e.g. `1m`. */
  readonly timeframe: string;
  /** A folder or a store URL; the datasets are in `unified` below it. */
  readonly dataDir: string;
  /** Converts everything again, changed or not. */
  readonly forceRerun: boolean;
}

/** What the caller may give to {@link runStep} beside. */
export interface RunStepContext {
  /** `BLANK_TRAINING_MODE`, and credentials of stores. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** Progress, warnings, and why partitions failed. */
  onEvent?(event: JobEvent): void;
  /** Why the step failed, once, when it did. */
  onFailure?(error: LakeError): void;
}

/**
 * Converts a market as a step of another program (UC-20): the same as the command line without further flags.
 *
 * @returns whether everything there are sources of is published. Without klines it is not (UC-19).
 * @throws Error for bugs only: whatever a LakeError can tell is told to `onFailure`.
 */
export async function runStep(request: RunStepRequest, context: RunStepContext = {}): Promise<boolean> {
  const { env = {}, clock = systemClock, signal = new AbortController().signal } = context;
  try {
    const config = convertConfig.parse({ ...request });
    const onEvent = (event: JobEvent) => context.onEvent?.(event);
    const tool = `ticklake-converter ${VERSION}`;
    const { failed } = await convertLogged(config, { env, clock, signal, tool, onEvent });
    return failed === 0 && !signal.aborted;
  } catch (error) {
    if (!(error instanceof LakeError)) throw error;
    context.onFailure?.(error);
    return false;
  }
}
