import { bytesSource } from '@ticklake/core';
import { piecesOf } from './pieces-of.js';

it.each([1, 4, 10, 11])('gives every byte once, %d at a time', async (readBytes) => {
  const bytes = Buffer.from('0123456789');
  const pieces: Buffer[] = [];
  for await (const piece of piecesOf(bytesSource(bytes), { readBytes })) pieces.push(Buffer.from(piece));
  expect(Buffer.concat(pieces)).toEqual(bytes);
  expect(pieces).toHaveLength(Math.ceil(bytes.length / readBytes));
});
