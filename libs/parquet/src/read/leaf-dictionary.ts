import {
  isFixedType,
  widthOf,
  type Arena,
  type BytesDictionary,
  type FixedDictionary,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { ENCODING, PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import { decodeBytesPage } from './bytes-page.js';
import { openFixedValues, requireSize, wordSize } from './fixed-values.js';
import type { Leaf } from './schema-tree.js';
import { spanLength, type Span } from './span.js';

/** The dictionary of a column chunk, decoded. */
export type LeafDictionary =
  | ({ readonly kind: 'fixed'; release(): void } & FixedDictionary)
  | ({ readonly kind: 'bytes'; release(): void } & BytesDictionary);

/**
 * Decodes a dictionary page. Rows of a chunk of `chunkCount` values stay codes where entries are few beside them. Owns the block that
 * `span` is: values that are stored as they stand in memory stay there.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `UNSUPPORTED`).
 */
export function decodeDictionary(
  arena: Arena,
  leaf: Leaf,
  span: Span,
  {
    encoding,
    count,
    sizeMax,
    chunkCount,
  }: {
    readonly encoding: number;
    readonly count: number;
    readonly sizeMax: number;
    readonly chunkCount: number;
  },
): LeafDictionary {
  const freeBody = () => arena.free(span.at);
  try {
    if (encoding !== ENCODING.PLAIN && encoding !== ENCODING.PLAIN_DICTIONARY) {
      throw corrupt('UNSUPPORTED', 'a dictionary in an unknown encoding', { encoding });
    }
    // Every entry takes space, except booleans and empty text, of which four bytes of length remain.
    if (count > spanLength(span) * 8) {
      throw corrupt('PAGE_CORRUPT', 'a dictionary has more entries than bytes');
    }
    const keepsCodes = count * 2 <= chunkCount;
    if (isFixedType(leaf.type) && isAsInMemory(leaf)) {
      requireSize(span, count, widthOf(leaf.type));
      return { kind: 'fixed', keepsCodes, values: span.at, count, rowCount: chunkCount, release: freeBody };
    }
    if (isFixedType(leaf.type)) {
      const { values, release } = decodeFixed(arena, leaf, span, { encoding: ENCODING.PLAIN, count });
      freeBody();
      return { kind: 'fixed', keepsCodes, values, count, rowCount: chunkCount, release };
    }
    const decoded = decodeBytesPage(arena, leaf, span, { encoding: ENCODING.PLAIN, count, sizeMax });
    freeBody();
    const { offsets, data } = decoded;
    return { kind: 'bytes', keepsCodes, offsets, data, count, release: () => decoded.release() };
  } catch (error) {
    freeBody();
    throw error;
  }
}

/** Whether plain values of a leaf are words of the width that they have in memory. */
function isAsInMemory({ type, physical }: Leaf): boolean {
  const isWord = physical !== PHYSICAL.BOOLEAN && physical !== PHYSICAL.INT96;
  return isWord && isFixedType(type) && widthOf(type) === wordSize(physical);
}

function decodeFixed(
  arena: Arena,
  leaf: Leaf,
  span: Span,
  plain: { readonly encoding: number; readonly count: number },
) {
  const { count } = plain;
  assert(isFixedType(leaf.type), 'values of fixed width are of a type of fixed width');
  const values = arena.alloc(count * widthOf(leaf.type));
  const release = () => arena.free(values);
  try {
    const reader = openFixedValues(arena, leaf, span, plain);
    reader.read(values, count);
    reader.release();
  } catch (error) {
    release();
    throw error;
  }
  return { values, release };
}
