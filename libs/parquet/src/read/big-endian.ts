import type { Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';

/** Little-endian integers of `size` bytes as big-endian ones, which is how decimals of the other physical types are stored. */
export function bigEndianWords(
  { bytes }: Arena,
  words: Address,
  { count, size, to }: { readonly count: number; readonly size: number; readonly to: Address },
): void {
  for (let start = 0; start < count * size; start += size) {
    for (let i = 0; i < size; i++) bytes[to + start + i] = bytes[words + start + size - 1 - i] as number;
  }
}
