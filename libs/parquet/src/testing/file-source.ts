import { bytesSource, type ByteSource } from '@ticklake/core';

/** Bytes as a file has them: none is at hand before it is read, and what is read goes to where it is wanted. */
export function fileSource(bytes: Uint8Array): ByteSource {
  const inner = bytesSource(bytes);
  return {
    size: inner.size,
    async read(offset, length, into = new Uint8Array(length)) {
      into.set(await inner.read(offset, length));
      return into.subarray(0, length);
    },
  };
}
