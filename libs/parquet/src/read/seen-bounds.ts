import { widthOf, withBlock, type Arena, type FixedDictionary, type FixedType } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import type { Bounds } from './statistics.js';

/** The least and the greatest of the whole numbers seen so far. */
export interface SeenBounds {
  add(values: Address, count: number): void;
  addCodes(dictionary: FixedDictionary, codes: Address, count: number): void;
  /** `undefined` before the first: bigint for 64-bit types, number otherwise. */
  bounds(): Bounds | undefined;
}

/** Nothing seen of a column of `type`, which is no float. */
export function createSeenBounds(arena: Arena, type: FixedType): SeenBounds {
  const width = widthOf(type);
  const isSigned = type.kind === 'int' ? type.signed : type.kind !== 'bool';
  let seen: Bounds | undefined;
  const addWords = (values: Address, count: number) =>
    withBlock(arena, 16, (to) => {
      const { kernels } = arena;
      if (width === 8) {
        if (isSigned) kernels.boundsI64(values, count, to);
        else kernels.boundsU64(values, count, to);
        const View = isSigned ? BigInt64Array : BigUint64Array;
        const [min, max] = arena.view<BigInt64Array | BigUint64Array>(View, to, 2);
        widen(min as bigint, max as bigint);
      } else {
        if (isSigned) kernels.boundsI32(values, count, to);
        else kernels.boundsU32(values, count, to);
        const View = isSigned ? Int32Array : Uint32Array;
        const [min, max] = arena.view<Int32Array | Uint32Array>(View, to, 2);
        widen(min as number, max as number);
      }
    });
  const widen = (min: bigint | number, max: bigint | number) => {
    seen =
      seen === undefined
        ? { min, max }
        : { min: min < seen.min ? min : seen.min, max: max > seen.max ? max : seen.max };
  };
  const add = (values: Address, count: number) => {
    if (count === 0) return;
    if (width >= 4) return addWords(values, count);
    withBlock(arena, count * 4, (wide) => {
      arena.kernels.widen(values, count, width * 8, isSigned, wide);
      addWords(wide, count);
    });
  };
  return {
    add,
    addCodes(dictionary, codes, count) {
      // A column of one value, of which many have some, needs no look at its rows.
      if (dictionary.count === 1) return add(dictionary.values, Math.min(count, 1));
      withBlock(arena, count * width, (values) => {
        const { kernels } = arena;
        if (width === 8) kernels.gather64(dictionary.values, codes, count, values);
        else if (width === 4) kernels.gather32(dictionary.values, codes, count, values);
        else if (width === 2) kernels.gather16(dictionary.values, codes, count, values);
        else kernels.gather8(dictionary.values, codes, count, values);
        add(values, count);
      });
    },
    bounds: () => seen,
  };
}
