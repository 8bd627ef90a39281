import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutants.js';

const ROOT = new URL('../../../../', import.meta.url);

/** Where the module of a mutant lies. */
export function moduleOf({ file }: Mutant): string {
  return new URL(file, ROOT).href;
}

/**
 * The module without what the mutant takes out.
 *
 * @throws Error when that does not stand in it exactly once: the program has changed, and so must the mutant.
 */
export function mutate({ name, file, find, replace }: Mutant, source: string): string {
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(`mutant '${name}' fits ${file} ${parts.length - 1} times, not once`);
  return parts.join(replace);
}

/** @throws Error as {@link mutate}. */
export async function requireFit(mutant: Mutant): Promise<void> {
  mutate(mutant, await readFile(fileURLToPath(moduleOf(mutant)), 'utf8'));
}
