import { writeBehind } from './write-behind.js';

/** A target whose writes end when the test says so. */
function slowTarget() {
  const pieces: string[] = [];
  const ends: { resolve(): void; reject(error: Error): void }[] = [];
  return {
    pieces,
    ends,
    write(bytes: Uint8Array) {
      pieces.push(Buffer.from(bytes).toString());
      return new Promise<void>((resolve, reject) => ends.push({ resolve, reject }));
    },
  };
}

const bytes = (text: string) => Buffer.from(text);

describe('writing behind', () => {
  it.each([1, 2, 3, 7, 100])('writes the same bytes in pieces of %d', async (pieceBytes) => {
    const written: Buffer[] = [];
    const sink = writeBehind(
      {
        write(piece) {
          expect(piece.length).toBeLessThanOrEqual(pieceBytes);
          written.push(Buffer.from(piece));
          return Promise.resolve();
        },
      },
      { pieceBytes },
    );
    for (const text of ['', 'a', 'bcd', 'efghijklmnop', 'q']) await sink.write(bytes(text));
    await sink.flush();
    await sink.flush();
    expect(Buffer.concat(written).toString()).toBe('abcdefghijklmnopq');
    expect(written.slice(0, -1).every(({ length }) => length === pieceBytes)).toBe(true);
  });

  it('writes bytes of shared memory from wherever they stand', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(64)).map((_, i) => i);
    const written: number[] = [];
    const target = { write: (piece: Uint8Array) => Promise.resolve(void written.push(...piece)) };
    const sink = writeBehind(target, { pieceBytes: 16 });
    for (let at = 0; at < 60; at += 5) await sink.write(shared.subarray(at, at + 5));
    await sink.flush();
    expect(written).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });

  it('gathers one piece while another is written, and no more', async () => {
    const target = slowTarget();
    const sink = writeBehind(target, { pieceBytes: 2 });
    await sink.write(bytes('abcd'));
    expect(target.pieces).toEqual(['ab']);
    let isDone = false;
    const third = sink.write(bytes('e')).then(() => (isDone = true));
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    target.ends[0]?.resolve();
    await third;
    expect(target.pieces).toEqual(['ab', 'cd']);
    const flushed = sink.flush();
    target.ends[1]?.resolve();
    await new Promise(setImmediate);
    target.ends[2]?.resolve();
    await flushed;
    expect(target.pieces).toEqual(['ab', 'cd', 'e']);
  });

  it('throws what the target threw, again and again', async () => {
    const target = slowTarget();
    const sink = writeBehind(target, { pieceBytes: 2 });
    await sink.write(bytes('abc'));
    target.ends[0]?.reject(new Error('disk full'));
    await sink.settle();
    await expect(sink.write(bytes('defg'))).rejects.toThrow('disk full');
    await expect(sink.flush()).rejects.toThrow('disk full');
    expect(target.pieces).toEqual(['ab']);
  });
});
