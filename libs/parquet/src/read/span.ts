import type { Address } from '@ticklake/kernels';

/** A stretch of a page in an arena: what is to be read next, and where it ends. */
export interface Span {
  readonly at: Address;
  readonly end: Address;
}

/** How many bytes it has. */
export function spanLength({ at, end }: Span): number {
  return end - at;
}
