import type { Arena } from '@ticklake/columnar';
import { HYBRID_PROBLEM, HYBRID_STATE_BYTES, type Address } from '@ticklake/kernels';
import { corrupt, type ParquetCode } from '../format/corrupt.js';
import type { Span } from './span.js';

/** Reads codes or levels of one page, some at a time, as words of 32 bits. */
export interface HybridReader {
  /** The next `count`, to `to`. @throws LakeError `corrupt`. */
  read(to: Address, count: number): void;
  /** Where the bytes after the values begin, once all were read. */
  end(): Address;
  /** The reader is not used again. */
  release(): void;
}

/**
 * A reader of `count` values of `width` bits (G10). No run may pass the values there are, save the stored padding of the last
 * bit-packed one, and no value may reach `limit`; otherwise `overCode` is thrown.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`) when there is no such width.
 */
export function openHybrid(
  arena: Arena,
  span: Span,
  {
    width,
    count,
    limit,
    overCode,
  }: {
    readonly width: number;
    readonly count: number;
    readonly limit: number;
    readonly overCode: ParquetCode;
  },
): HybridReader {
  if (width > 32) throw corrupt('PAGE_CORRUPT', 'a bit width is too large', { width });
  const state = arena.alloc(HYBRID_STATE_BYTES);
  arena.kernels.hybridOpen(state, span.at, span.end, width, count);
  return new Hybrid(arena, state, { limit, overCode });
}

/** A class, as everything of which there is one for every page. */
class Hybrid implements HybridReader {
  constructor(
    private readonly arena: Arena,
    private readonly state: Address,
    private readonly bounds: { readonly limit: number; readonly overCode: ParquetCode },
  ) {}

  read(to: Address, count: number): void {
    const { limit, overCode } = this.bounds;
    const problem = this.arena.kernels.hybridRead(this.state, count, limit, to);
    if (problem !== 0) throw problemOf(problem, overCode, limit);
  }

  end(): Address {
    return this.arena.kernels.hybridEnd(this.state);
  }

  release(): void {
    this.arena.free(this.state);
  }
}

function problemOf(problem: number, overCode: ParquetCode, limit: number): Error {
  switch (problem) {
    case HYBRID_PROBLEM.BAD_NUMBER:
      return corrupt('PAGE_CORRUPT', 'bytes end inside a number, or it is too long');
    case HYBRID_PROBLEM.EMPTY_RUN:
      return corrupt('PAGE_CORRUPT', 'a run of no values');
    case HYBRID_PROBLEM.LONG_RUN:
      return corrupt('PAGE_CORRUPT', 'a run passes the end of its page');
    case HYBRID_PROBLEM.CUT_RUN:
      return corrupt('PAGE_CORRUPT', 'bytes end inside a run');
    default:
      return overCode === 'DICT_CONFLICT'
        ? corrupt(overCode, 'a code is not in the dictionary', { limit })
        : corrupt(overCode, 'a level is higher than the schema allows', { limit });
  }
}
