import { createCrashPoint, type CrashWhen, type PowerCutLeaves } from '@ticklake/storage/testing';
import { checkAnyTime, checkDone } from '../invariants.js';
import type { Reference } from '../reference.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../world.js';
import { brokenRecovery, changes } from './recover.js';
import type { Point, Strike } from './strike.js';

/** Where a process dies: at an operation, or not at all where `at` is beyond the last. */
interface Death {
  readonly at: number;
  readonly when: CrashWhen;
}

/** The process is killed, and the machine goes on. */
export const KILL: Strike = {
  name: 'kill',
  points: (reference) => deathsIn(reference).map((death) => deathPoint(reference, death, (world) => world)),
};

/** The power fails: what was not synced is gone, or its names are there and its bytes are not. */
export const POWER_CUT: Strike = {
  name: 'power cut',
  points: (reference) =>
    (reference.world.name === 'disk' ? (['nothing', 'names'] as const) : (['nothing'] as const)).flatMap(
      (leaves) =>
        [...endOf(reference), ...deathsIn(reference)].map((death) =>
          deathPoint(reference, death, (world) => world.afterPowerCut(leaves), leaves),
        ),
    ),
};

/** The next run is killed as well, at another place: places are chosen evenly, and both kinds of end alternate. */
export const KILL_TWICE: Strike = {
  name: 'kill twice',
  points: (reference) =>
    deathsIn(reference)
      .filter(({ when }, i) => when !== 'half' && i % PAIRS_EVERY === 0)
      .map((first, i) => {
        const at = 1 + ((i * SECOND_STEP) % reference.operations.length);
        return twicePoint(reference, first, { at, when: i % 2 === 0 ? 'before' : 'after' });
      }),
};

const PAIRS_EVERY = 3;
/** Prime, so that it meets every place of a scenario in turn. */
const SECOND_STEP = 37;

/** Before every operation, after all that change something, and half-way through writes. */
function deathsIn({ operations }: Reference): Death[] {
  return operations.flatMap((operation, i) => {
    const at = i + 1;
    const deaths: Death[] = [{ at, when: 'before' }];
    if (operation.name === 'write') deaths.push({ at, when: 'half' });
    if (changes(operation)) deaths.push({ at, when: 'after' });
    return deaths;
  });
}

/** Beyond the last operation: what was promised by success must be there. */
function endOf({ operations }: Reference): Death[] {
  return [{ at: operations.length + 1, when: 'before' }];
}

function deathPoint(
  reference: Reference,
  death: Death,
  then: (world: World) => World,
  leaves?: PowerCutLeaves,
): Point {
  const { scenario, world, expected } = reference;
  return {
    name: `${leaves === undefined ? 'killed' : `power cut that leaves ${leaves}`} ${placeOf(reference, death)}`,
    async run() {
      const struck = world.copy();
      const { hasDied } = await dieIn(struck, scenario, death);
      const left = then(struck);
      const party = left.enter('alive');
      const broken = [...(await checkAnyTime(party, expected))];
      if (!hasDied) broken.push(...(await checkDone(party, expected)));
      return [...broken, ...(await brokenRecovery(reference, left))];
    },
  };
}

function twicePoint(reference: Reference, first: Death, second: Death): Point {
  const { scenario, world, expected } = reference;
  return {
    name: `killed ${placeOf(reference, first)}, then at operation ${second.at} of the next run`,
    async run() {
      const struck = world.copy();
      await dieIn(struck, scenario, first);
      await dieIn(struck, scenario, second);
      const broken = await checkAnyTime(struck.enter('alive'), expected);
      return [...broken, ...(await brokenRecovery(reference, struck))];
    },
  };
}

function placeOf({ operations }: Reference, { at, when }: Death): string {
  const operation = operations[at - 1];
  return operation === undefined
    ? 'after its end'
    : `${when} operation ${at}, ${operation.name} ${operation.path}`;
}

/** Runs into death; what the run makes of it is nobody's business any more. */
async function dieIn(
  world: World,
  scenario: Scenario,
  { at, when }: Death,
): Promise<{ readonly hasDied: boolean }> {
  const point = createCrashPoint(at, when, () => Promise.resolve());
  const party = world.enter('dead', (_operation, work, half) => point.pass(work, half));
  try {
    await scenario.act(party);
  } catch (failure) {
    if (!point.crashed) throw failure;
  }
  return { hasDied: point.crashed };
}
