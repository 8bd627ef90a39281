import type { Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { ENCODING } from '../format/constants.js';
import { putEqual } from './equal-values.js';
import type { ValueEncoding } from './value-encoding.js';

/** How many bits hold every number up to `max`. */
export function bitWidthOf(max: number): number {
  return 32 - Math.clz32(max);
}

/** Some readers take a width of 0 badly, so a single entry has codes of one bit. */
export function codeWidth(entryCount: number): number {
  return Math.max(1, bitWidthOf(entryCount - 1));
}

/** The most bytes that `count` values of `width` bits take as runs and bit-packed groups. */
export function hybridBound(count: number, width: number): number {
  return 32 + Math.ceil(count / 8) * (width + 10);
}

/** About how many bytes a dictionary chunk takes. */
export function dictionarySize(entriesSizeBytes: number, entryCount: number, valueCount: number): number {
  return entriesSizeBytes + (valueCount * codeWidth(entryCount)) / 8;
}

/** Codes into a dictionary whose page's body stands at `at`. Where it has one entry, codes are not looked at. */
export function codedEncoding(
  arena: Arena,
  chosen: { readonly codes: Address } & NonNullable<ValueEncoding['dictionary']>,
): ValueEncoding {
  const { codes, at, sizeBytes, entryCount, entries } = chosen;
  const width = codeWidth(entryCount);
  return {
    encoding: ENCODING.RLE_DICTIONARY,
    dictionary: { at, sizeBytes, entryCount, entries },
    bound: (start, end) => 1 + hybridBound(end - start, width),
    put(to, start, end) {
      arena.bytes[to] = width;
      // Of one entry nobody has to look at the codes.
      if (entryCount === 1) return 1 + putEqual(arena, to + 1, { value: 0, width, count: end - start });
      return 1 + arena.kernels.hybridWrite(codes + start * 4, end - start, width, to + 1);
    },
    sizeOf: (start, end) => ((end - start) * width) / 8,
  };
}
