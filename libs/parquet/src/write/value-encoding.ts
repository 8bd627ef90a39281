import type { Address } from '@ticklake/kernels';

/** How the values of one column chunk are stored. One encoding for the whole chunk, dictionary or not. */
export interface ValueEncoding {
  /** Of its data pages, see `ENCODING`. */
  readonly encoding: number;
  /** The body of the dictionary page. */
  readonly dictionary:
    | { readonly at: Address; readonly sizeBytes: number; readonly entryCount: number }
    | undefined;
  /** The most bytes that {@link ValueEncoding.put} writes. */
  bound(start: number, end: number): number;
  /** Writes values `start … end` to `to` and returns how many bytes that took. */
  put(to: Address, start: number, end: number): number;
  /** About how many bytes values `start … end` take, which bounds a page. Cheap. */
  sizeOf(start: number, end: number): number;
}
