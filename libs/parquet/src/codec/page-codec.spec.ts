import { withBlock } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import fc from 'fast-check';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { ARENA } from '../spec-support/test-arena.js';
import { openPageCodec, type PageCodecName } from './page-codec.js';

const NAMES: readonly PageCodecName[] = ['none', 'snappy', 'gzip', 'zstd', 'lz4raw', 'brotli'];

describe.each(NAMES)('page codec %s', (name) => {
  let codec: HeapCodec;
  beforeAll(async () => {
    codec = await openHeapCodec(name);
  });

  it('gives back what it compressed', () => {
    fc.assert(
      fc.property(compressible(), (bytes) => {
        const packed = codec.compress(bytes);
        expect(Buffer.compare(codec.decompress(packed, bytes.length), bytes)).toBe(0);
      }),
    );
  });

  it('takes no bytes as a page without values', () => {
    expect(codec.decompress(new Uint8Array(0), 0)).toHaveLength(0);
    expect(() => codec.decompress(new Uint8Array(0), 1)).toThrow();
  });

  it('refuses every other size, with its code', () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 4);
    const packed = codec.compress(bytes);
    for (const size of [0, 1, 4999, 5001, 70_000, 2 ** 30]) {
      expect(failureOf(() => codec.decompress(packed, size))).toBe(
        name === 'snappy' ? 'SNAPPY_CORRUPT' : 'PAGE_CORRUPT',
      );
    }
  });

  it('refuses a truncated stream', () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) >> 5);
    const packed = codec.compress(bytes);
    for (let length = 0; length < packed.length; length += 7) {
      expect(failureOf(() => codec.decompress(packed.subarray(0, length), 3000))).toBeDefined();
    }
  });

  it('under bit flips returns the stated size or a LakeError', () => {
    fc.assert(
      fc.property(compressible(), fc.nat(), fc.nat(7), (bytes, at, bit) => {
        const packed = Uint8Array.from(codec.compress(bytes));
        if (packed.length === 0) return;
        const index = at % packed.length;
        packed[index] = (packed[index] as number) ^ (1 << bit);
        try {
          expect(codec.decompress(packed, bytes.length)).toHaveLength(bytes.length);
        } catch (error) {
          expect(isLakeError(error, 'corrupt')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('still works after bad input', () => {
    const bytes = new Uint8Array(100).fill(3);
    expect(failureOf(() => codec.decompress(Uint8Array.of(1, 2, 3), 100))).toBeDefined();
    expect(codec.decompress(codec.compress(bytes), 100)).toEqual(bytes);
  });
});

describe('bombs', () => {
  const bombBytes = 64 << 20;
  it.each<[PageCodecName, () => Uint8Array]>([
    ['gzip', () => gzipSync(new Uint8Array(bombBytes))],
    [
      'brotli',
      () =>
        brotliCompressSync(new Uint8Array(bombBytes), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    ],
    ['zstd', () => zstdRunsBomb()],
    ['lz4raw', () => lz4Bomb()],
    ['snappy', () => Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0)],
  ])('%s is refused without decoding past the stated size', async (name, bomb) => {
    const codec = await openHeapCodec(name);
    const bytes = bomb();
    const before = process.memoryUsage().rss;
    expect(failureOf(() => codec.decompress(bytes, 80))).toBeDefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(32 << 20);
  });

  it('snappy that claims more than its bytes can hold is refused before allocating', async () => {
    const codec = await openHeapCodec('snappy');
    expect(
      failureOf(() => codec.decompress(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07, 0), 2 ** 31 - 1)),
    ).toBe('SNAPPY_CORRUPT');
  });
});

describe('zstd', () => {
  it('reads several frames as one page', async () => {
    const codec = await openHeapCodec('zstd');
    const [a, b] = [new Uint8Array(500).fill(1), new Uint8Array(700).fill(2)];
    const frames = Buffer.concat([codec.compress(a), codec.compress(b)]);
    expect(Buffer.compare(codec.decompress(frames, 1200), Buffer.concat([a, b]))).toBe(0);
  });

  it('compresses to the same bytes whatever was compressed before', async () => {
    const codec = await openHeapCodec('zstd');
    const bytes = Uint8Array.from({ length: 40_000 }, (_, i) => (i * 7919) >> 6);
    const first = codec.compress(bytes);
    codec.compress(new Uint8Array(300_000).fill(9));
    codec.compress(bytes.subarray(17, 9000));
    expect(Buffer.compare(codec.compress(bytes), first)).toBe(0);
  });

  it.each([0, 23, 1.5, Number.NaN])('has no level %s', async (zstdLevel) => {
    await expect(openPageCodec('zstd', { zstdLevel })).rejects.toMatchObject({ kind: 'invalid' });
  });
});

/** A codec over arrays. */
interface HeapCodec {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(bytes: Uint8Array, size: number): Uint8Array;
}

async function openHeapCodec(name: PageCodecName): Promise<HeapCodec> {
  const codec = await openPageCodec(name, { zstdLevel: 3 });
  return {
    compress: (bytes) =>
      withBlock(ARENA, bytes.length + codec.bound(bytes.length), (from) => {
        const to = from + bytes.length;
        ARENA.bytes.set(bytes, from);
        const size = codec.encode(ARENA, from, bytes.length, to);
        expect(size).toBeLessThanOrEqual(codec.bound(bytes.length));
        return Uint8Array.from(ARENA.bytes.subarray(to, to + size));
      }),
    // Sizes that no block could have are refused before the place for them is looked at.
    decompress: (bytes, size) =>
      withBlock(ARENA, Math.min(size, 1 << 20), (to) => {
        codec.decode(ARENA, bytes, to, size);
        return Uint8Array.from(ARENA.bytes.subarray(to, to + size));
      }),
  };
}

/** Runs, noise and repeats in one array, so that every kind of token occurs. */
function compressible() {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(255), fc.nat(3000)).map(([byte, count]) => new Uint8Array(count).fill(byte)),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(400))
      .map(([unit, count]) =>
        Uint8Array.from({ length: unit.length * count }, (_, i) => unit[i % unit.length] as number),
      ),
  );
  return fc.array(piece, { maxLength: 8 }).map((pieces) => new Uint8Array(Buffer.concat(pieces)));
}

function failureOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (isLakeError(error, 'corrupt')) return error.code;
    throw error;
  }
  return undefined;
}

/** A frame without content size, of 2 048 run-length blocks of 128 KiB each: 256 MiB from 8 KB. */
function zstdRunsBomb(): Uint8Array {
  const blocks = 2048;
  const bytes = new Uint8Array(6 + 4 * blocks);
  bytes.set([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]);
  for (let i = 0; i < blocks; i++) {
    const header = ((128 << 10) << 3) | (1 << 1) | (i === blocks - 1 ? 1 : 0);
    bytes.set([header & 255, (header >> 8) & 255, header >> 16, 0], 6 + 4 * i);
  }
  return bytes;
}

/** One literal, then a match whose length goes on for a mebibyte of 255s. */
function lz4Bomb(): Uint8Array {
  const bytes = new Uint8Array(1 << 20).fill(255);
  bytes.set([0x1f, 0x61, 1, 0]);
  bytes[bytes.length - 1] = 0;
  return bytes;
}
