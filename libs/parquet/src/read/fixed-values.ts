import { isFixedType, widthOf, withBlock, type Arena } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import { ENCODING, nameOf, PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import { openDelta } from './delta-reader.js';
import { openHybrid } from './hybrid-reader.js';
import { readInt96 } from './int96.js';
import type { Leaf } from './schema-tree.js';
import { spanLength, type Span } from './span.js';
import { u32At } from './u32-at.js';

/** Reads the present values of one page of a fixed-width column, some at a time, as wide as the column is in memory. */
export interface FixedValuesReader {
  /** The next `count`, to `to`. @throws LakeError `corrupt`. */
  read(to: Address, count: number): void;
  /** The reader is not used again. */
  release(): void;
}

/** How the values of a page are stored. */
export interface Stored {
  readonly encoding: number;
  readonly count: number;
}

/**
 * A reader of the values in `span`, which are not codes.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `UNSUPPORTED`).
 */
export function openFixedValues(arena: Arena, leaf: Leaf, span: Span, stored: Stored): FixedValuesReader {
  const words = openPhysical(arena, leaf.physical, span, stored);
  const { type } = leaf;
  assert(isFixedType(type), 'a fixed-width column is of a fixed-width type');
  const width = widthOf(type);
  if (type.kind !== 'int' || width >= 4) return words;
  // 8 and 16-bit integers are stored in 32 bits, of which the rest must be the sign.
  const { bits, signed } = type;
  return {
    read: (to, count) =>
      withBlock(arena, count * 4, (wide) => {
        words.read(wide, count);
        const at = arena.kernels.narrow(wide, count, bits, signed, to);
        if (at === count) return;
        const [value] = arena.view(Int32Array, wide + at * 4, 1);
        throw corrupt('PAGE_CORRUPT', 'a value does not fit its type', { value, bits, signed });
      }),
    release: () => words.release(),
  };
}

/** Bytes of one value of a numeric physical type. */
export function wordSize(physical: number): 4 | 8 {
  return physical === PHYSICAL.INT64 || physical === PHYSICAL.DOUBLE ? 8 : 4;
}

/** A reader of values as wide as they are stored: 4 or 8 bytes, booleans 1, INT96 as 8 bytes of nanoseconds. */
export function openPhysical(
  arena: Arena,
  physical: number,
  span: Span,
  { encoding, count }: Stored,
): FixedValuesReader {
  if (encoding === ENCODING.PLAIN) return openPlain(arena, physical, span, count);
  if (count === 0 && spanLength(span) === 0) return { read: () => undefined, release: () => undefined };
  if (encoding === ENCODING.RLE && physical === PHYSICAL.BOOLEAN) return openBooleans(arena, span, count);
  if (encoding === ENCODING.DELTA_BINARY_PACKED) {
    if (physical === PHYSICAL.INT32) return openDelta(arena, span, { bits: 32, count });
    if (physical === PHYSICAL.INT64) return openDelta(arena, span, { bits: 64, count });
  }
  if (
    encoding === ENCODING.BYTE_STREAM_SPLIT &&
    physical !== PHYSICAL.BOOLEAN &&
    physical !== PHYSICAL.INT96
  ) {
    const size = wordSize(physical);
    requireSize(span, count, size);
    let from = 0;
    return {
      read(to, more) {
        arena.kernels.joinBytes(span.at, count, from, more, size, to);
        from += more;
      },
      release: () => undefined,
    };
  }
  throw unsupported(physical, encoding);
}

/** The failure of an encoding that has no meaning for a type, or none that this library knows. */
export function unsupported(physical: number, encoding: number): Error {
  return corrupt('UNSUPPORTED', 'an encoding that is not supported for this type', {
    encoding: nameOf(ENCODING, encoding),
    physical: nameOf(PHYSICAL, physical),
  });
}

/** @throws LakeError `corrupt` unless `span` has exactly the bytes of `count` values (G11). */
export function requireSize(span: Span, count: number, sizeBytes: number): void {
  const room = spanLength(span);
  if (room !== count * sizeBytes) {
    throw corrupt('PAGE_CORRUPT', 'a page has another size than its values', { room, count, sizeBytes });
  }
}

function openPlain(arena: Arena, physical: number, span: Span, count: number): FixedValuesReader {
  let done = 0;
  const release = () => undefined;
  if (physical === PHYSICAL.BOOLEAN) {
    requireSize(span, Math.ceil(count / 8), 1);
    return {
      read(to, more) {
        arena.kernels.unpackBits(span.at, done, more, to);
        done += more;
      },
      release,
    };
  }
  const size = physical === PHYSICAL.INT96 ? 12 : wordSize(physical);
  requireSize(span, count, size);
  return {
    read(to, more) {
      const from = span.at + done * size;
      if (physical === PHYSICAL.INT96) readInt96(arena, from, more, to);
      else arena.move(from, to, more * size);
      done += more;
    },
    release,
  };
}

/** Booleans as a hybrid of width 1, with its length before it. */
function openBooleans(arena: Arena, { at, end }: Span, count: number): FixedValuesReader {
  if (end - at < 4) throw corrupt('PAGE_CORRUPT', 'bytes end inside a length');
  const length = u32At(arena.bytes, at);
  if (length > end - at - 4) throw corrupt('PAGE_CORRUPT', 'a run passes the end of its page', { length });
  const span = { at: at + 4, end: at + 4 + length };
  const hybrid = openHybrid(arena, span, { width: 1, count, limit: 2, overCode: 'PAGE_CORRUPT' });
  return {
    read: (to, more) =>
      withBlock(arena, more * 4, (words) => {
        hybrid.read(words, more);
        arena.kernels.narrow(words, more, 8, false, to);
      }),
    release: () => hybrid.release(),
  };
}
