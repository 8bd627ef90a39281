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
  return new Seen(arena, type);
}

class Seen implements SeenBounds {
  private readonly width;
  private readonly isSigned;
  private seen: Bounds | undefined;
  /** The dictionary of one value that came last. */
  private lastOfOne: FixedDictionary | undefined;

  constructor(
    private readonly arena: Arena,
    type: FixedType,
  ) {
    this.width = widthOf(type);
    this.isSigned = type.kind === 'int' ? type.signed : type.kind !== 'bool';
  }

  bounds(): Bounds | undefined {
    return this.seen;
  }

  add(values: Address, count: number): void {
    if (count === 0) return;
    const { arena, width, isSigned } = this;
    if (width >= 4) return this.addWords(values, count);
    withBlock(arena, count * 4, (wide) => {
      arena.kernels.widen(values, count, width * 8, isSigned, wide);
      this.addWords(wide, count);
    });
  }

  addCodes(dictionary: FixedDictionary, codes: Address, count: number): void {
    const { arena, width, isSigned } = this;
    // A column of one value, of which many have some, needs no look at its rows.
    if (count === 0) return;
    if (dictionary.count === 1) {
      if (dictionary !== this.lastOfOne) this.add(dictionary.values, 1);
      this.lastOfOne = dictionary;
      return;
    }
    const { values: table } = dictionary;
    const { kernels } = arena;
    if (width === 8) {
      const bounds = isSigned ? kernels.namedBoundsI64 : kernels.namedBoundsU64;
      return this.widenBy((to) => bounds(table, codes, count, to));
    }
    if (width === 4) {
      const bounds = isSigned ? kernels.namedBoundsI32 : kernels.namedBoundsU32;
      return this.widenBy((to) => bounds(table, codes, count, to));
    }
    withBlock(arena, count * width, (values) => {
      if (width === 2) kernels.gather16(table, codes, count, values);
      else kernels.gather8(table, codes, count, values);
      this.add(values, count);
    });
  }

  private addWords(values: Address, count: number): void {
    const { width, isSigned } = this;
    const { kernels } = this.arena;
    const [signed, unsigned] =
      width === 8 ? [kernels.boundsI64, kernels.boundsU64] : [kernels.boundsI32, kernels.boundsU32];
    this.widenBy((to) => (isSigned ? signed : unsigned)(values, count, to));
  }

  /** By what `bound` puts to a place: two values, of 32 bits where the column has fewer. */
  private widenBy(bound: (to: Address) => void): void {
    const { arena, width, isSigned } = this;
    withBlock(arena, 16, (to) => {
      bound(to);
      if (width === 8) {
        const View = isSigned ? BigInt64Array : BigUint64Array;
        const found = arena.view<BigInt64Array | BigUint64Array>(View, to, 2);
        this.widen(found[0] as bigint, found[1] as bigint);
      } else {
        const View = isSigned ? Int32Array : Uint32Array;
        const found = arena.view<Int32Array | Uint32Array>(View, to, 2);
        this.widen(found[0] as number, found[1] as number);
      }
    });
  }

  private widen(min: bigint | number, max: bigint | number): void {
    const { seen } = this;
    this.seen =
      seen === undefined
        ? { min, max }
        : { min: min < seen.min ? min : seen.min, max: max > seen.max ? max : seen.max };
  }
}
