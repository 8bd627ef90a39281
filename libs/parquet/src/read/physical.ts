import type { BytesValues, FixedValues } from '@ticklake/columnar';

/** Values without their nulls, before the logical type is applied. INT96 is nanoseconds already. */
export type Dense =
  | { readonly layout: 'fixed'; readonly values: FixedValues }
  | { readonly layout: 'bytes'; readonly values: BytesValues }
  | { readonly layout: 'dictionary'; readonly codes: Uint32Array; readonly dictionary: BytesValues };

/** How many values there are. */
export function denseLength(dense: Dense): number {
  if (dense.layout === 'dictionary') return dense.codes.length;
  return dense.layout === 'fixed' ? dense.values.length : dense.values.offsets.length - 1;
}

/** `BytesValues` of `count` values of `sizeBytes` each. */
export function evenBytes(
  data: Uint8Array,
  { count, sizeBytes }: { count: number; sizeBytes: number },
): BytesValues {
  const offsets = new Uint32Array(count + 1);
  for (let i = 1; i <= count; i++) offsets[i] = i * sizeBytes;
  return { offsets, data };
}

/**
 * Bytes as little-endian words, without copying where they are aligned. Typed arrays have the byte order of the
 * machine; every machine Node runs on is little-endian.
 */
export function wordsOf<T>(
  bytes: Uint8Array,
  make: {
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
    readonly BYTES_PER_ELEMENT: number;
  },
): T {
  const width = make.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % width === 0 ? bytes : copyOf(bytes);
  return new make(aligned.buffer, aligned.byteOffset, bytes.length / width);
}

/** Not `slice`, which on a Buffer is a view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}
