import type { Judgement } from '../judge.js';

/** One file to read: a mutant by its number, or an attack by its place in the list. */
export type Task =
  | { readonly kind: 'mutant'; readonly index: number }
  | { readonly kind: 'attack'; readonly index: number };

/** What a worker answers. */
export interface Answer extends Judgement {
  /** Processor time, from the first byte read to the last value of the copy: on a busy machine time passes without work. */
  readonly readMs: number;
}

/** What a worker is told when it starts. */
export interface WorkerSetup {
  /** Where the corpus and the attacks stand. */
  readonly folder: string;
  readonly seed: number;
}

/** The file of attack `index` below the corpus folder. */
export function attackFile(index: number): string {
  return `attack-${index}.bin`;
}
