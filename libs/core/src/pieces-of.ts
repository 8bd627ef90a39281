import type { ByteSource } from './bytes.js';

/**
 * The bytes of a file as it lies, `readBytes` at a time; while one piece is used, the next is on its way. A piece holds until the next is
 * asked for.
 *
 * @throws whatever the source throws.
 */
export async function* piecesOf(
  source: ByteSource,
  { readBytes }: { readonly readBytes: number },
): AsyncGenerator<Uint8Array> {
  // One is used while the other is filled; bytes that are in memory are seen where they are.
  const roomBytes = Math.min(readBytes, source.size);
  const rooms = source.bytes === undefined ? [0, 1].map(() => new Uint8Array(roomBytes)) : [];
  const read = (at: number) => {
    const room = rooms[(at / readBytes) % 2];
    const piece = source.read(at, Math.min(readBytes, source.size - at), room);
    // It may fail before it is asked for, or never be.
    piece.catch(() => undefined);
    return piece;
  };
  if (source.size === 0) return;
  let next: Promise<Uint8Array> | undefined = read(0);
  for (let at = readBytes; next !== undefined; at += readBytes) {
    const piece: Uint8Array = await next;
    next = at < source.size ? read(at) : undefined;
    yield piece;
  }
}
