import type { Address } from '@ticklake/kernels';
import type { DenseValues } from './dense-values.js';

/** How the values of one column chunk are stored. One encoding for the whole chunk, dictionary or not. */
export interface ValueEncoding {
  /** Of its data pages, see `ENCODING`. */
  readonly encoding: number;
  /** The body of the dictionary page. */
  readonly dictionary:
    | {
        readonly at: Address;
        readonly sizeBytes: number;
        readonly entryCount: number;
        /** Its entries, all of which some value has. */
        readonly entries: Extract<DenseValues, { readonly kind: 'words' | 'bytes' }>;
      }
    | undefined;
  /** The most bytes that {@link ValueEncoding.put} writes. */
  bound(start: number, end: number): number;
  /** Writes values `start … end` to `to` and returns how many bytes that took. */
  put(to: Address, start: number, end: number): number;
  /** About how many bytes values `start … end` take, which bounds a page. Cheap. */
  sizeOf(start: number, end: number): number;
}
