import type { ByteSource } from '@ticklake/core';

/** Whether a body of a put is bytes rather than a source of bytes. Buffers of another realm count. */
export function isBytes(body: Uint8Array | ByteSource): body is Uint8Array {
  return ArrayBuffer.isView(body);
}

/** `body` in pieces of at most `pieceBytes`; the pieces are views and belong to the body. */
export async function* piecesOf(
  body: Uint8Array | ByteSource,
  pieceBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const size = isBytes(body) ? body.length : body.size;
  for (let offset = 0; offset < size; offset += pieceBytes) {
    const length = Math.min(pieceBytes, size - offset);
    yield isBytes(body) ? body.subarray(offset, offset + length) : await body.read(offset, length);
  }
}

/** Memory for `length` bytes: the beginning of `into` where that is large enough, else new. */
export function bufferFor(length: number, into: Uint8Array | undefined): Uint8Array {
  return into !== undefined && into.length >= length ? into.subarray(0, length) : new Uint8Array(length);
}
