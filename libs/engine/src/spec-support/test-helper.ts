import { startHelper, type Helper } from '../helper/start-helper.js';
import { ARENA } from './test-arena.js';

/** The thread runs built code: a worker of its own knows nothing of how tests compile. */
const SCRIPT = new URL('../../dist/helper/helper-thread.js', import.meta.url);

/** A helper in the arena of the tests. */
export function testHelper(bytesMax = 64 << 20): Helper {
  return startHelper(ARENA, { bytesMax, script: SCRIPT });
}
