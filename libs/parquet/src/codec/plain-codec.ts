import { exactSize } from './exact-size.js';
import type { PageCodec } from './page-codec.js';

/** Bytes as they are; `decompress` returns `bytes` itself. */
export function createPlainCodec(): PageCodec {
  return {
    name: 'none',
    compress: (bytes) => bytes,
    decompress: (bytes, size) => exactSize('none', bytes, size, () => bytes),
  };
}
