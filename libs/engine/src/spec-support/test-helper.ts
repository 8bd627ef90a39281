import { attachArena } from '@ticklake/columnar';
import { createLaneHost } from '../helper/lane-host.js';
import { startHelper, type Helper } from '../helper/start-helper.js';
import { ARENA } from './test-arena.js';

/** The thread runs built code: a worker of its own knows nothing of how tests compile. */
const SCRIPT = new URL('../../dist/helper/helper-thread.js', import.meta.url);

/** A helper in the arena of the tests. */
export function testHelper(bytesMax = 64 << 20): Helper {
  return startHelper(ARENA, { bytesMax, script: SCRIPT });
}

/** A helper of this thread that begins with everything as late as another thread may, and counts what it is asked. */
export function lateHelper(bytesMax = 64 << 20): Helper & { readonly calls: { ask: number } } {
  const start = ARENA.alloc(bytesMax);
  const host = createLaneHost(attachArena(ARENA.handle, { start, end: start + ARENA.capacityOf(start) }));
  const calls = { ask: 0 };
  let last: Promise<unknown> = Promise.resolve();
  return {
    calls,
    ask(request) {
      calls.ask++;
      const answer = last.then(async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return host.answer(request);
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    close() {
      ARENA.free(start);
      return Promise.resolve();
    },
  };
}
