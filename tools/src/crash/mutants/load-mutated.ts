// Hooks of Node's module loader, in a thread of their own: one module is read without what a mutant takes out.
import type { LoadHook } from 'node:module';
import type { Mutant } from './mutants.js';
import { moduleOf, mutate } from './patch.js';

let mutant: Mutant;

/** Told once, which mutant it is. */
export function initialize(chosen: Mutant): void {
  mutant = chosen;
}

/** As Node loads, but for one module. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (url !== moduleOf(mutant)) return loaded;
  return { ...loaded, source: mutate(mutant, Buffer.from(loaded.source as Uint8Array).toString()) };
};
