import type { Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';

/** The present values of a leaf in an arena, as wide as they are stored. */
export type DenseValues =
  | { readonly kind: 'words'; readonly size: 4 | 8; readonly count: number; readonly values: Address }
  | {
      readonly kind: 'wordCodes';
      readonly size: 4 | 8;
      readonly count: number;
      readonly codes: Address;
      readonly entries: Address;
      readonly entryCount: number;
      /** Whether entries stand in order of first appearance, and none is unused. */
      readonly isInOrder: boolean;
    }
  /** Booleans, a byte each. */
  | { readonly kind: 'bits'; readonly count: number; readonly values: Address }
  | { readonly kind: 'bytes'; readonly count: number; readonly offsets: Address; readonly data: Address }
  | {
      readonly kind: 'byteCodes';
      readonly count: number;
      readonly codes: Address;
      /** Of the entries. */
      readonly offsets: Address;
      readonly data: Address;
      readonly entryCount: number;
    };

/** Words of 4 or 8 bytes by number. */
export function gatherWords(
  { kernels }: Arena,
  size: 4 | 8,
  {
    table,
    rows,
    count,
    to,
  }: { readonly table: Address; readonly rows: Address; readonly count: number; readonly to: Address },
): void {
  if (size === 8) kernels.gather64(table, rows, count, to);
  else kernels.gather32(table, rows, count, to);
}

/** Offset number `index`. */
export function offsetAt(arena: Arena, offsets: Address, index: number): number {
  return arena.view(Uint32Array, offsets + index * 4, 1)[0] as number;
}
