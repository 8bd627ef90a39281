import { isLakeError } from '@ticklake/core';
import type { Outcome } from '../compact-in.js';
import { checkAnyTime, checkDone, type Expectation } from '../invariants.js';
import { arrive } from '../little-spool.js';
import { brokenProofs, type Reference } from '../reference.js';
import type { Rival } from '../scenario.js';
import { readHashes, readSnapshot } from '../snapshot.js';
import type { Around, Party, World } from '../world.js';
import { brokenRecovery } from './recover.js';
import type { Strike } from './strike.js';

/**
 * The process stands still, longer than any lease lasts; another one does its whole work meanwhile, with files that the
 * first has not seen; then the first goes on as if nothing had been (invariants I5, I7, I19).
 */
export const STAND_STILL: Strike = {
  name: 'stand still',
  points: (reference) => {
    const { scenario, operations } = reference;
    const { rival } = scenario;
    if (rival === undefined) return [];
    const agreed = expectationOfBoth(reference, rival);
    return operations.map((operation, i) => ({
      name: `stood still before operation ${i + 1}, ${operation.name} ${operation.path}`,
      run: async () => standStill(reference, { rival, at: i + 1, agreed: await agreed() }),
    }));
  },
};

interface Still {
  readonly rival: Rival;
  readonly at: number;
  readonly agreed: Expectation;
}

async function standStill(reference: Reference, { rival, at, agreed }: Still): Promise<readonly string[]> {
  const { scenario, world } = reference;
  const struck = world.copy();
  let other: RivalRun | undefined;
  let operations = 0;
  const ours = struck.enter('alive', async (_operation, work) => {
    if (++operations === at) {
      other = await letIn(struck, rival);
      await other.doneOrBlocked;
    }
    return work();
  });
  const outcomes = [await outcomeOf(scenario.act(ours)), await outcomeOf(other?.done)];
  const bugs = outcomes.filter((outcome) => outcome instanceof Error && !isLakeError(outcome));
  const party = struck.enter('alive');
  const broken = [
    ...bugs.map(String),
    ...(await checkAnyTime(party, agreed, { anyGeneration: true })),
    ...(await brokenPromises(party, outcomes, { agreed, isLate: rival.arrives !== undefined })),
  ];
  const after = await brokenRecovery({ scenario, expected: agreed }, struck, { anyGeneration: true });
  return [...broken, ...after];
}

/** Who has said that it is done has not been undone: not by going back to older content, and not in state. */
async function brokenPromises(
  party: Party,
  [first, second]: readonly (Outcome | Error | undefined)[],
  { agreed, isLate }: { readonly agreed: Expectation; readonly isLate: boolean },
): Promise<readonly string[]> {
  const isDone = (outcome: typeof first) => outcome !== undefined && 'done' in outcome && outcome.done > 0;
  const found = await readSnapshot(party.compact).catch(() => undefined);
  if (found === undefined) return [];
  const broken = [...(await brokenProofs(party, found))];
  if (isDone(second)) {
    for (const [directory, { sha256 }] of agreed.after.published)
      if (found.published.get(directory)?.sha256 !== sha256)
        broken.push(`what the rival published in ${directory} is undone`);
  }
  // Where one of them has seen less than the other, its word about state is the older one; the next run mends it.
  if (isDone(first) && isDone(second) && !isLate)
    broken.push(...(await checkDone(party, agreed, { anyGeneration: true })));
  return broken;
}

interface RivalRun {
  readonly done: Promise<Outcome>;
  /** Resolves, too, once it waits for a lock that the process that stands still holds. */
  readonly doneOrBlocked: Promise<unknown>;
}

async function letIn(world: World, { arrives, act }: Rival): Promise<RivalRun> {
  if (arrives !== undefined) await arrive(world.enter('rival'), await arrives());
  let tell: (value?: unknown) => void = () => undefined;
  const blocked = new Promise((resolve) => void (tell = resolve));
  const watchLocks: Around = async (operation, work) => {
    try {
      return await work();
    } catch (failure) {
      if (operation.name === 'symlink') tell();
      throw failure;
    }
  };
  const done = act(world.enter('rival', watchLocks));
  return { done, doneOrBlocked: Promise.race([done.catch(() => undefined), blocked]) };
}

async function outcomeOf(run: Promise<Outcome> | undefined): Promise<Outcome | Error | undefined> {
  try {
    return await run;
  } catch (failure) {
    return failure as Error;
  }
}

/** How both leave it, one after the other; made once, when it is first asked for. */
function expectationOfBoth(
  { scenario, world, expected }: Reference,
  { arrives, act }: Rival,
): () => Promise<Expectation> {
  const make = async (): Promise<Expectation> => {
    const quiet = world.copy();
    const party = quiet.enter('alive');
    await scenario.act(party);
    if (arrives !== undefined) await arrive(party, await arrives());
    await act(party);
    const after = await readSnapshot(party.compact);
    // Until the rival's turn has come, what the first run makes is as good.
    const before = {
      ...expected.after,
      contents: new Map([...expected.before.contents, ...expected.after.contents]),
    };
    const spool = [...expected.spool, await readHashes(party.raw)];
    return { before, after, spool };
  };
  let made: Promise<Expectation> | undefined;
  return () => (made ??= make());
}
