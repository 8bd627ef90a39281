import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RaceAnswer, RaceOrder } from './race.js';

/** Processes that race against each other; each is started once, for all rounds. */
export interface Racers {
  /** All at once; each after the delay that its order tells. */
  run(orders: readonly RaceOrder[]): Promise<readonly RaceAnswer[]>;
  close(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./racer.js', import.meta.url));

/** Starts `count` racers that see `env`. */
export function startRacers(count: number, env: Readonly<Record<string, string>>): Racers {
  const children = Array.from({ length: count }, () => fork(PROGRAM, { env: { ...process.env, ...env } }));
  return {
    run: (orders) =>
      Promise.all(
        orders.map((order, i) => {
          const child = children[i];
          if (child === undefined) throw new Error('there are more orders than racers');
          return ask(child, order);
        }),
      ),
    async close() {
      await Promise.all(
        children.map(async (child) => {
          const ended = once(child, 'exit');
          child.kill();
          await ended;
        }),
      );
    },
  };
}

async function ask(child: ChildProcess, order: RaceOrder): Promise<RaceAnswer> {
  const asked = new AbortController();
  try {
    child.send(order);
    const ends = [once(child, 'message', asked), diesWith(child, asked)] as const;
    const [answer] = (await Promise.race(ends)) as [RaceAnswer];
    return answer;
  } finally {
    asked.abort(); // whichever did not happen is waited for no longer
  }
}

async function diesWith(child: ChildProcess, asked: AbortController): Promise<never> {
  const [code, signal] = (await once(child, 'exit', asked)) as [number | null, string | null];
  throw new Error(`a racer ended with ${code ?? signal}`);
}
