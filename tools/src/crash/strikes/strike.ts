import type { Reference } from '../reference.js';

/** One place where one thing goes wrong. */
export interface Point {
  /** Which, for whoever has to look at it. */
  readonly name: string;
  /** Everything that it breaks, one line each. */
  run(): Promise<readonly string[]>;
}

/** A way in which things go wrong. */
export interface Strike {
  readonly name: string;
  /** All of its places in a scenario. */
  points(reference: Reference): readonly Point[];
}
