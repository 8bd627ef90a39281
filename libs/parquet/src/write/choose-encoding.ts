import { createArenaBuffer, type Arena } from '@ticklake/columnar';
import { ENCODING } from '../format/constants.js';
import { chooseBytesEncoding } from './bytes-encoding.js';
import type { StoredAs } from './column-options.js';
import type { DenseValues } from './dense-values.js';
import { createDictionaryBuilder } from './dictionary.js';
import type { Leaf } from './leaf.js';
import type { ValueEncoding } from './value-encoding.js';
import { chooseWordEncoding } from './word-encoding.js';

/** Chooses encodings, in memory that it keeps. */
export interface EncodingChooser {
  /**
   * The smallest of the encodings that suit the type, as estimated from the values alone: equal values in equal order
   * are always stored the same way. A dictionary whose distinct values take more than `dictionaryBytesMax` is never chosen. It holds
   * until the next call.
   */
  choose(leaf: Leaf, values: DenseValues, limits: Pick<StoredAs, 'dictionaryBytesMax'>): ValueEncoding;
  release(): void;
}

/** A chooser. */
export function createEncodingChooser(arena: Arena): EncodingChooser {
  const dictionaries = createDictionaryBuilder(arena);
  const plain = createArenaBuffer(arena);
  const plainOffsets = createArenaBuffer(arena);
  const page = createArenaBuffer(arena);
  const held = { arena, dictionaries, plain, plainOffsets, page };
  return {
    choose(leaf, values, { dictionaryBytesMax }) {
      if (values.kind === 'bits') return plainBits(arena, values);
      const tools = { ...held, dictionaryBytesMax };
      return values.kind === 'words' || values.kind === 'wordCodes'
        ? chooseWordEncoding(tools, leaf, values)
        : chooseBytesEncoding(tools, leaf, values);
    },
    release() {
      for (const one of [dictionaries, plain, plainOffsets, page]) one.release();
    },
  };
}

function plainBits(arena: Arena, { values }: Extract<DenseValues, { readonly kind: 'bits' }>): ValueEncoding {
  const sizeOf = (start: number, end: number) => Math.ceil((end - start) / 8);
  return {
    encoding: ENCODING.PLAIN,
    dictionary: undefined,
    bound: sizeOf,
    put(to, start, end) {
      arena.kernels.packBits(values + start, end - start, to);
      return sizeOf(start, end);
    },
    sizeOf,
  };
}
