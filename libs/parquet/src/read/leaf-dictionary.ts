import {
  isFixedType,
  widthOf,
  type Arena,
  type BytesDictionary,
  type FixedDictionary,
} from '@ticklake/columnar';
import { ENCODING } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import { decodeBytesPage } from './bytes-page.js';
import { openFixedValues } from './fixed-values.js';
import type { Leaf } from './schema-tree.js';
import { spanLength, type Span } from './span.js';

/** The dictionary of a column chunk, decoded. */
export type LeafDictionary =
  | ({ readonly kind: 'fixed'; release(): void } & FixedDictionary)
  | ({ readonly kind: 'bytes'; release(): void } & BytesDictionary);

/**
 * Decodes a dictionary page. Rows of a chunk of `chunkCount` values stay codes where entries are few beside them.
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
  if (encoding !== ENCODING.PLAIN && encoding !== ENCODING.PLAIN_DICTIONARY) {
    throw corrupt('UNSUPPORTED', 'a dictionary in an unknown encoding', { encoding });
  }
  // Every entry takes space, except booleans and empty text, of which four bytes of length remain.
  if (count > spanLength(span) * 8) {
    throw corrupt('PAGE_CORRUPT', 'a dictionary has more entries than bytes');
  }
  const plain = { encoding: ENCODING.PLAIN, count };
  const keepsCodes = count * 2 <= chunkCount;
  const { type } = leaf;
  if (!isFixedType(type)) {
    return { kind: 'bytes', keepsCodes, ...decodeBytesPage(arena, leaf, span, { ...plain, sizeMax }) };
  }
  const values = arena.alloc(count * widthOf(type));
  const release = () => arena.free(values);
  try {
    const reader = openFixedValues(arena, leaf, span, plain);
    reader.read(values, count);
    reader.release();
  } catch (error) {
    release();
    throw error;
  }
  return { kind: 'fixed', keepsCodes, values, count, release };
}
