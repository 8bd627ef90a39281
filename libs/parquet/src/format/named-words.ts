import { withBlock, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';

/** Words of 4 or 8 bytes, and the numbers by which rows name them. */
export interface NamedWords {
  readonly size: 4 | 8;
  readonly table: Address;
  readonly tableCount: number;
  /** Words of 32 bits, trusted. */
  readonly codes: Address;
  readonly count: number;
}

/**
 * Lends the words that codes name to `use`: each at least once, in any order, which is all that bounds ask for. Where they are few beside
 * the codes, those are looked at once, and no word is moved for a row.
 */
export function withNamedWords<T>(
  arena: Arena,
  { size, table, tableCount, codes, count }: NamedWords,
  use: (words: Address, wordCount: number) => T,
): T {
  const { kernels } = arena;
  if (tableCount * 2 > count) {
    return withBlock(arena, count * size, (at) => {
      if (size === 8) kernels.gather64(table, codes, count, at);
      else kernels.gather32(table, codes, count, at);
      return use(at, count);
    });
  }
  return withBlock(arena, tableCount * (size + 1), (at) => {
    const marks = at + tableCount * size;
    arena.fill(marks, tableCount, 0);
    kernels.markRows(codes, count, marks);
    const used =
      size === 8
        ? kernels.draw64(table, marks, tableCount, at)
        : kernels.draw32(table, marks, tableCount, at);
    return use(at, used);
  });
}
