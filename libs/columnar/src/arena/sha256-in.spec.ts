import { bytesSource, sha256Of, type ByteSource } from '@ticklake/core';
import { createArena } from './arena.js';
import { sha256In } from './sha256-in.js';

const bytesOf = (size: number) => Uint8Array.from({ length: size }, (_, i) => i * 31);

/** Bytes that have to be read, and what reads were given to put them in. */
function readSource(bytes: Uint8Array): { source: ByteSource; rooms: (Uint8Array | undefined)[] } {
  const rooms: (Uint8Array | undefined)[] = [];
  const source: ByteSource = {
    size: bytes.length,
    read(offset, length, into) {
      rooms.push(into);
      into?.set(bytes.subarray(offset, offset + length));
      return Promise.resolve(into?.subarray(0, length) ?? bytes.slice(offset, offset + length));
    },
  };
  return { source, rooms };
}

describe('sha256In', () => {
  it.each([0, 1, 2 ** 20, 2 ** 21 + 3])('hashes all of %i bytes, and gives its block back', async (size) => {
    const arena = createArena({ bytesMax: 2 ** 26 });
    const bytes = bytesOf(size);
    const { source, rooms } = readSource(bytes);
    expect(await sha256In(arena, source)).toBe(await sha256Of(bytesSource(bytes)));
    for (const room of rooms) expect(arena.addressOf(room as Uint8Array)).toBeDefined();
    expect(rooms).toHaveLength(Math.ceil(size / 2 ** 20));
    expect(arena.usedBytes).toBe(0);
  });

  it('reads less at a time where the arena is small', async () => {
    const arena = createArena({ bytesMax: 2 ** 20 });
    const { source, rooms } = readSource(bytesOf(100_000));
    expect(await sha256In(arena, source)).toBe(await sha256Of(bytesSource(bytesOf(100_000))));
    expect(rooms.map((room) => room?.length)).toEqual(new Array(7).fill(2 ** 14));
  });

  it('takes nothing of an arena where the bytes are at hand', async () => {
    const arena = createArena({ bytesMax: 64 });
    const bytes = bytesOf(1000);
    expect(await sha256In(arena, bytesSource(bytes))).toBe(await sha256Of(bytesSource(bytes)));
  });

  it('gives its block back when it fails', async () => {
    const arena = createArena({ bytesMax: 2 ** 26 });
    const { source } = readSource(bytesOf(10));
    await expect(sha256In(arena, source, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
    expect(arena.usedBytes).toBe(0);
  });
});
