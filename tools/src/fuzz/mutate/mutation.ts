import type { Random } from '../../spool/random.js';
import type { Target } from '../corpus/target.js';

/** What a mutation works on. */
export interface Damage {
  readonly target: Target;
  readonly random: Random;
  /** All base files, for mutations that put a piece of one into another. */
  readonly targets: readonly Target[];
}

/** One way to damage a file. */
export interface Mutation {
  readonly name: string;
  /** Of all mutants, so many more than of a mutation with weight 1. */
  readonly weight: number;
  /** It writes the footer anew so that it fits the pages: what is wrong then is the pages, not the footer. */
  readonly fitsFooter?: true;
  /** A new array; the target's bytes stay as they are. */
  apply(damage: Damage): Uint8Array;
}

/** A stretch of a file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One of `items`, which is not empty. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

/** Where the footer stands, without its length and magic. */
export function footerRange({ bytes, layout }: Target): Range {
  return { start: layout.footerStart, end: bytes.length - 8 };
}

/** A byte position inside `range`. */
export function positionIn(random: Random, { start, end }: Range): number {
  return start + random.below(end - start);
}

/** The ranges of what pages hold. */
export function bodyRanges({ pages }: Target): Range[] {
  return pages
    .filter(({ bodyStart, end }) => end > bodyStart)
    .map(({ bodyStart, end }) => ({ start: bodyStart, end }));
}

/** The ranges of page headers. */
export function headerRanges({ pages }: Target): Range[] {
  return pages.map(({ start, bodyStart }) => ({ start, end: bodyStart }));
}
