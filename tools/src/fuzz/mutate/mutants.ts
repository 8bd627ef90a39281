import { createRandom } from '../../spool/random.js';
import type { Target } from '../corpus/target.js';
import { BLOCK_MUTATIONS } from './block-mutations.js';
import { BYTE_MUTATIONS } from './byte-mutations.js';
import { LIE_MUTATIONS } from './lie-mutations.js';
import type { Mutation } from './mutation.js';
import { PAGE_MUTATIONS } from './page-mutations.js';

/** Every kind of damage, as the scoreboard lists it. */
export const MUTATIONS: readonly Mutation[] = [
  ...BYTE_MUTATIONS,
  ...BLOCK_MUTATIONS,
  ...PAGE_MUTATIONS,
  ...LIE_MUTATIONS,
];

/** What mutant number `index` is made of. */
export interface Plan {
  readonly target: Target;
  readonly mutation: Mutation;
}

/** Mutations by turns and by weight, so that a short run has some of every kind. */
const SCHEDULE: readonly Mutation[] = MUTATIONS.flatMap((mutation) =>
  Array.from({ length: mutation.weight }, (_, i) => ({ mutation, at: (i + 0.5) / mutation.weight })),
)
  .sort((a, b) => a.at - b.at)
  .map(({ mutation }) => mutation);

/** Every base file in turn suffers the same mutation before the next one begins. */
export function planMutant(targets: readonly Target[], index: number): Plan {
  const target = targets[index % targets.length];
  const mutation = SCHEDULE[Math.floor(index / targets.length) % SCHEDULE.length];
  if (target === undefined || mutation === undefined) throw new Error('there are no base files');
  return { target, mutation };
}

/** Mutant number `index` of `seed`: the same bytes each time, on every machine. */
export function makeMutant(
  targets: readonly Target[],
  { seed, index }: { readonly seed: number; readonly index: number },
): Uint8Array {
  const { target, mutation } = planMutant(targets, index);
  const random = createRandom(Math.imul(seed, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35));
  // A mutation may hit upon what is there already; a few attempts make nearly every mutant another file.
  for (let tries = 1; ; tries++) {
    const mutant = mutation.apply({ target, random, targets });
    if (tries === 8 || Buffer.compare(mutant, target.bytes) !== 0) return mutant;
  }
}
