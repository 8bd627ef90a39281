import type { Arena } from '@ticklake/columnar';
import { DELTA_PROBLEM, DELTA_STATE_BYTES, type Address } from '@ticklake/kernels';
import { corrupt } from '../format/corrupt.js';
import type { Span } from './span.js';

/** Reads DELTA_BINARY_PACKED integers of one page, some at a time. */
export interface DeltaReader {
  /** The next `count`, to `to`. @throws LakeError `corrupt` (`PAGE_CORRUPT`). */
  read(to: Address, count: number): void;
  /** Where the bytes after them begin, once all were read. */
  end(): Address;
  /** The reader is not used again. */
  release(): void;
}

/** A reader of `count` integers of `bits`. @throws LakeError `corrupt` (`PAGE_CORRUPT`). */
export function openDelta(
  arena: Arena,
  { at, end }: Span,
  { bits, count }: { readonly bits: 32 | 64; readonly count: number },
): DeltaReader {
  const { kernels } = arena;
  const state = arena.alloc(DELTA_STATE_BYTES);
  const check = (problem: number) => {
    if (problem !== 0) throw problemOf(problem);
  };
  try {
    check(kernels.deltaOpen(state, at, end, count));
  } catch (error) {
    arena.free(state);
    throw error;
  }
  return {
    read: (to, more) =>
      check(bits === 64 ? kernels.deltaRead64(state, to, more) : kernels.deltaRead32(state, to, more)),
    end: () => kernels.deltaEnd(state),
    release: () => arena.free(state),
  };
}

/** All `count` integers of 32 bits in `span`; returns where the bytes after them begin. @throws LakeError `corrupt`. */
export function readDelta(
  arena: Arena,
  span: Span,
  { count, to }: { readonly count: number; readonly to: Address },
): Address {
  const delta = openDelta(arena, span, { bits: 32, count });
  try {
    delta.read(to, count);
    return delta.end();
  } finally {
    delta.release();
  }
}

function problemOf(problem: number): Error {
  switch (problem) {
    case DELTA_PROBLEM.BAD_NUMBER:
      return corrupt('PAGE_CORRUPT', 'bytes end inside a number, or it is too long');
    case DELTA_PROBLEM.BAD_BLOCK:
      return corrupt('PAGE_CORRUPT', 'an impossible delta block');
    case DELTA_PROBLEM.OTHER_COUNT:
      return corrupt('PAGE_CORRUPT', 'deltas of another number of values');
    default:
      return corrupt('PAGE_CORRUPT', 'bytes end inside a delta block');
  }
}
