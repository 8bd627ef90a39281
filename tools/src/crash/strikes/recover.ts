import { checkDone, checkSwept } from '../invariants.js';
import { unexpected, type Reference } from '../reference.js';
import type { World } from '../world.js';

/** Asks nothing of the disk that changes it, and nothing of a store. */
const READS = [
  'stat',
  'lstat',
  'read',
  'readFile',
  'readdir',
  'readlink',
  'close',
  'head',
  'get',
  'list',
  'children',
];

/** Whether what was asked may have changed something. */
export function changes({ name }: { readonly name: string }): boolean {
  return !READS.includes(name);
}

/**
 * The next run after something went wrong: it ends as an undisturbed one, the one after it finds nothing to do, and a
 * sweep takes the rest. Gives what does not hold of that.
 */
export async function brokenRecovery(
  { scenario, expected }: Pick<Reference, 'scenario' | 'expected'>,
  world: World,
  { anyGeneration = false } = {},
): Promise<readonly string[]> {
  const broken: string[] = [];
  try {
    const outcome = await scenario.act(world.enter('alive'));
    broken.push(...unexpected(scenario, outcome));
    broken.push(...(await checkDone(world.enter('alive'), expected, { anyGeneration })));
    broken.push(...(await brokenRest({ scenario }, world)));
    broken.push(...(await checkSwept(world, world.enter('alive'))));
  } catch (failure) {
    broken.push(`the next run fails: ${String(failure)}`);
  }
  return broken.map((line) => `afterwards ${line}`);
}

/** Doing it once more changes nothing (invariant I6). */
async function brokenRest({ scenario }: Pick<Reference, 'scenario'>, world: World): Promise<string[]> {
  const changed: string[] = [];
  const party = world.enter('alive', (operation, work) => {
    if (changes(operation) && operation.name !== 'open') changed.push(`${operation.name} ${operation.path}`);
    return work();
  });
  await (scenario.rest ?? scenario.act)(party);
  return changed.map((operation) => `a run with nothing to do asks for ${operation}`);
}
