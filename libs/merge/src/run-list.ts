import type { Address } from '@ticklake/kernels';

/**
 * Consecutive output rows as runs: run `i` is the next `counts[i]` rows of source number `sources[i]`. Neighbouring
 * runs have different sources and none is empty, so the list is also the shortest account of where rows came from. It
 * stands in the arena and holds until the next list is asked for.
 */
export interface RunList {
  readonly rowCount: number;
  readonly runCount: number;
  readonly sources: Uint32Array;
  readonly counts: Uint32Array;
  /** Where those stand. */
  readonly place: { readonly sources: Address; readonly counts: Address };
  /** Sources of which no rows follow, each named once: they can be closed when the rows of this list have been read. */
  readonly ended: readonly number[];
}
