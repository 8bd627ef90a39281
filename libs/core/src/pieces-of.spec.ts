import { bytesSource, type ByteSource } from './bytes.js';
import { piecesOf } from './pieces-of.js';

it.each([1, 4, 10, 11])('gives every byte once, %d at a time', async (readBytes) => {
  const bytes = Buffer.from('0123456789');
  const pieces: Buffer[] = [];
  for await (const piece of piecesOf(bytesSource(bytes), { readBytes })) pieces.push(Buffer.from(piece));
  expect(Buffer.concat(pieces)).toEqual(bytes);
  expect(pieces).toHaveLength(Math.ceil(bytes.length / readBytes));
});

it.each([1, 3, 4, 10])(
  'reads into room that it uses again, and asks for no byte twice, %d at a time',
  async (readBytes) => {
    const bytes = Buffer.from('0123456789');
    const asked: number[] = [];
    const source: ByteSource = {
      size: bytes.length,
      async read(offset, length, into) {
        asked.push(offset);
        const room = into ?? new Uint8Array(length);
        room.set(bytes.subarray(offset, offset + length));
        return room.subarray(0, length);
      },
    };
    let text = '';
    for await (const piece of piecesOf(source, { readBytes })) text += Buffer.from(piece).toString();
    expect(text).toBe('0123456789');
    expect(asked).toEqual(Array.from({ length: Math.ceil(10 / readBytes) }, (_, i) => i * readBytes));
  },
);

it('throws what the source throws, when that piece is asked for', async () => {
  const source: ByteSource = {
    size: 4,
    read: (offset) =>
      offset === 0 ? Promise.resolve(Uint8Array.of(1, 2)) : Promise.reject(new Error('the disk failed')),
  };
  const pieces = piecesOf(source, { readBytes: 2 });
  expect(await pieces.next()).toEqual({ done: false, value: Uint8Array.of(1, 2) });
  await expect(pieces.next()).rejects.toThrow('the disk failed');
});
