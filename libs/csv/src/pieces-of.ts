import type { ByteSource } from '@ticklake/core';

/** The bytes of a file as it lies, `readBytes` at a time. @throws whatever the source throws. */
export async function* piecesOf(
  source: ByteSource,
  { readBytes }: { readonly readBytes: number },
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += readBytes) {
    yield await source.read(at, Math.min(readBytes, source.size - at));
  }
}
