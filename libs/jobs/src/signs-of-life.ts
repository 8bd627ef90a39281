import type { Clock } from '@ticklake/core';

/** Once in so long is often enough to be heard. */
const SIGN_EVERY_MS = 200;
/** A call that lasts as long as this waits for a disk or a network, which have time limits of their own. */
const LONG_CALL_MS = 1000;

/** What a watched process tells whoever watches it: that it gets on. */
export interface SignsOfLife {
  /** Something got done. */
  mark(): void;
  /**
   * `target`, with every call of its methods that returns a promise told: as a sign when it ends, unless its name is in `quiet`, and
   * as a sign every now and then while it lasts long. What a call gives is followed likewise where it can be read from.
   */
  follow<T extends object>(target: T, quiet?: readonly string[]): T;
  stop(): void;
}

/** Tells by `send`, at most a few times in a second, whatever is marked or followed. */
export function createSignsOfLife(send: () => void, clock: Clock): SignsOfLife {
  const stopping = new AbortController();
  const calls = new Set<{ looks: number }>();
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const mark = () => {
    const nowMs = clock.nowMs();
    // A clock that was set back must not silence anybody.
    if (nowMs >= toldAtMs && nowMs - toldAtMs < SIGN_EVERY_MS) return;
    toldAtMs = nowMs;
    send();
  };
  const attend = async (): Promise<never> => {
    for (;;) {
      await clock.sleep(LONG_CALL_MS, stopping.signal);
      for (const call of calls) if (call.looks++ > 0) mark();
    }
  };
  const settle = async (result: Promise<unknown>, isQuiet: boolean, quiet: readonly string[]) => {
    const call = { looks: 0 };
    calls.add(call);
    try {
      const value = await result;
      return isReadable(value) ? follow(value, quiet) : value;
    } finally {
      calls.delete(call);
      if (!isQuiet) mark();
    }
  };
  const follow = <T extends object>(target: T, quiet: readonly string[] = []): T =>
    new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const result: unknown = Reflect.apply(value, target, args);
          return result instanceof Promise ? settle(result, quiet.includes(String(name)), quiet) : result;
        };
      },
    });
  attend().catch(() => undefined);
  return { mark, follow, stop: () => stopping.abort() };
}

function isReadable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'read' in value && typeof value.read === 'function';
}
