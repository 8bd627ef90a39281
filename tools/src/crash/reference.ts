import { verifyPartition, type PartitionKey } from '@ticklake/compactor';
import { parseUtcDay } from '@ticklake/core';
import { stagedName } from '@ticklake/manifest';
import { isDeepStrictEqual } from 'node:util';
import { ARENA, type Outcome } from './compact-in.js';
import { checkDone, type Expectation } from './invariants.js';
import type { Scenario } from './scenario.js';
import { DATA, readHashes, readSnapshot, type Snapshot } from './snapshot.js';
import { createWorld, type Operation, type Party, type World, type WorldName } from './world.js';

/** A scenario in a world, and what it does when nothing disturbs it. */
export interface Reference {
  readonly scenario: Scenario;
  /** Prepared; to be copied. */
  readonly world: World;
  readonly expected: Expectation;
  /** Every operation, in order. */
  readonly operations: readonly Operation[];
  /** What an undisturbed run breaks already. */
  readonly broken: readonly string[];
}

/** Prepares a scenario and runs it undisturbed, and proves what it comes to. */
export async function makeReference(scenario: Scenario, name: WorldName): Promise<Reference> {
  const world = createWorld(name);
  await scenario.prepare(world.enter('alive'));
  const before = await readSnapshot(world.enter('alive').compact);
  const spoolBefore = await readHashes(world.enter('alive').raw);
  const undisturbed = world.copy();
  const operations: Operation[] = [];
  const watched = undisturbed.enter('alive', (operation, work) => {
    operations.push(operation);
    return work();
  });
  const outcome = await scenario.act(watched);
  const party = undisturbed.enter('alive');
  const after = await readSnapshot(party.compact);
  const expected = { before, after, spool: [spoolBefore, await readHashes(party.raw)] };
  const broken = [
    ...unexpected(scenario, outcome),
    ...(await checkDone(party, expected)),
    ...(scenario.keepsPublished ? brokenKeeping(expected) : await brokenProofs(party, after)),
    ...lostGenerations(expected),
  ];
  return { scenario, world, expected, operations, broken };
}

/** Whether the tasks that fail are those that should. */
export function unexpected({ failed = 0 }: Scenario, outcome: Outcome): readonly string[] {
  return outcome.failed === failed ? [] : [`${outcome.failed} tasks failed, not ${failed}`];
}

/** Every published row is proved by the spool, every spool file that is sound is in a receipt (invariants I1, I2, I12). */
export async function brokenProofs(party: Party, { published }: Snapshot): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const directory of published.keys()) {
    const { signal } = new AbortController();
    const { findings } = await verifyPartition(keyOf(directory), { ...party, arena: ARENA, signal });
    for (const { severity, check, message } of findings)
      if (severity === 'error') broken.push(`${directory}: ${check}: ${message}`);
  }
  return broken;
}

function brokenKeeping({ before, after }: Expectation): string[] {
  return isDeepStrictEqual(before.published, after.published) ? [] : ['what was published is not kept'];
}

/** What was replaced stays beside, for late readers and for going back. */
function lostGenerations({ before, after }: Expectation): string[] {
  return [...before.published].flatMap(([directory, old]) => {
    const kept = directory + stagedName(DATA, old.generation, old.sha256);
    const isReplaced = old.sha256 !== after.published.get(directory)?.sha256 && old.sha256 !== 'lost';
    return isReplaced && !after.contents.has(kept) ? [`${kept} is not kept`] : [];
  });
}

function keyOf(directory: string): PartitionKey {
  const [exchange = '', stream = '', symbol = '', day = ''] = directory
    .split('/')
    .map((part) => part.slice(part.indexOf('=') + 1));
  return { exchange, stream, symbol, day: parseUtcDay(day) };
}
