import { createHash } from 'node:crypto';
import { bytesSource, type ByteSource } from './bytes.js';
import { sha256Of } from './sha256.js';

describe('sha256Of', () => {
  it.each([0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 21 + 3])('hashes all of %i bytes', async (size) => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => i * 31);
    expect(await sha256Of(bytesSource(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('reads no more than a megabyte at once', async () => {
    const lengths: number[] = [];
    const source: ByteSource = {
      size: 3_000_000,
      read(_, length) {
        lengths.push(length);
        return Promise.resolve(new Uint8Array(length));
      },
    };
    await sha256Of(source);
    expect(Math.max(...lengths)).toBe(2 ** 20);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(3_000_000);
  });

  it('stops when cancelled', async () => {
    const source = bytesSource(new Uint8Array(10));
    await expect(sha256Of(source, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
