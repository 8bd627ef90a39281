/** When a simulated crash strikes: `half` is for writes, which land in part; elsewhere it is `before`. */
export type CrashWhen = 'before' | 'half' | 'after';

/** Whether the crash has struck. Ask this, not whether an error came out: dying code may well swallow it. */
export interface CrashState {
  readonly crashed: boolean;
}

/** What a dead process would have thrown, had it lived: not a LakeError, so that nothing handles it. */
export function crashError(): Error {
  return Object.assign(new Error('simulated crash'), { name: CRASH });
}

/** Whether `error` is a simulated crash. */
export function isCrash(error: unknown): boolean {
  return error instanceof Error && error.name === CRASH;
}

/** Counts operations, dies at number `failAt` (1-based), and lets nothing through afterwards. */
export interface CrashPoint extends CrashState {
  /** Runs `work` as the next operation; `half` is what a part of it looks like. */
  pass<T>(work: () => Promise<T>, half: () => Promise<unknown>): Promise<T>;
}

/** `died` is told once, before the crash is thrown, to let go of what a dead process would not hold. */
export function createCrashPoint(failAt: number, when: CrashWhen, died: () => Promise<void>): CrashPoint {
  let operations = 0;
  let crashed = false;
  return {
    get crashed() {
      return crashed;
    },
    async pass(work, half) {
      if (crashed) throw crashError();
      if (++operations !== failAt) {
        const result = await work();
        // Another task reached the crash meanwhile: this one is dead too and must not see its result.
        if (crashed) throw crashError();
        return result;
      }
      crashed = true;
      // Whether the operation itself would have failed makes no difference to the dead.
      if (when !== 'before') await (when === 'after' ? work() : half()).catch(() => undefined);
      await died();
      throw crashError();
    },
  };
}

const CRASH = 'CrashError';
