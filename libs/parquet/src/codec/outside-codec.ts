import type { PageCodec } from './page-codec.js';

/** A bound that every codec outside the kernels keeps: what cannot be compressed grows by headers and checksums only. */
export function boundOf(size: number): number {
  return size + Math.ceil(size / 100) + 1024;
}

/** `encode` of a codec that knows arrays and no arenas. */
export function encodeWith(compress: (bytes: Uint8Array) => Uint8Array): PageCodec['encode'] {
  return (arena, from, size, to) => {
    const stored = compress(arena.bytes.subarray(from, from + size));
    arena.put(stored, to);
    return stored.length;
  };
}
