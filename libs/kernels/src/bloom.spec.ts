import fc from 'fast-check';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const OFFSETS = 0x1000;
const DATA = 0x20003;
const WORDS = 0x40000;
const HASHES = 0x60000;
const MORE = 0x70000;
const FILTER = 0x80005;

/** Hashes of byte strings, one after another. */
function hashed(texts: readonly Uint8Array[]): bigint[] {
  const ends = texts.map((_, i) => texts.slice(0, i + 1).reduce((sum, one) => sum + one.length, 0));
  twins.put(OFFSETS, Uint32Array.of(0, ...ends));
  twins.put(DATA, Buffer.concat(texts));
  twins.run('xxHashBytes', OFFSETS, DATA, texts.length, HASHES);
  return hashesAt(HASHES, texts.length);
}

function hashesAt(address: number, count: number): bigint[] {
  return [...new BigUint64Array(twins.same(address, count * 8).buffer as ArrayBuffer)];
}

/** What the tests of xxHash hash. */
function sanityBuffer(length: number): Uint8Array {
  let generator = 2654435761n;
  return Uint8Array.from({ length }, () => {
    const byte = Number(generator >> 56n);
    generator = BigInt.asUintN(64, generator * 11400714785074694797n);
    return byte;
  });
}

describe('xxHash', () => {
  // `xxhsum --check` of Cyan4973/xxHash, and the documentation of the Python package.
  it.each<[string, Uint8Array, bigint]>([
    ['nothing', sanityBuffer(0), 0xef46db3751d8e999n],
    ['a byte', sanityBuffer(1), 0xe934a84adb052768n],
    ['four bytes', sanityBuffer(4), 0x9136a0dca57457een],
    ['14 bytes', sanityBuffer(14), 0x8282dcc4994e35c8n],
    ['222 bytes', sanityBuffer(222), 0xb641ae8cb691c174n],
    ['a', Buffer.from('a'), 0xd24ec4f1a98c6e5bn],
    ['abc', Buffer.from('abc'), 0x44bc2cf5ad770999n],
    ['39 bytes', Buffer.from('Nobody inspects the spammish repetition'), 0xfbcea83c8a378bf1n],
  ])('is XXH64 as it is published: %s', (_, bytes, expected) => {
    expect(hashed([bytes])).toEqual([expected]);
  });

  it('is that of bytes, for numbers of either width too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 80, maxLength: 80 }), fc.nat({ max: 10 }), (bytes, count) => {
        twins.put(WORDS, bytes);
        for (const [name, width] of [
          ['xxHashWords32', 4],
          ['xxHashWords64', 8],
        ] as const) {
          twins.run(name, WORDS, count, MORE);
          const values = Array.from({ length: count }, (_, i) => bytes.subarray(i * width, (i + 1) * width));
          expect(hashesAt(MORE, count)).toEqual(hashed(values));
        }
      }),
    );
  });

  it('is the same of byte strings of every length, wherever they stand', () => {
    const lengths = Array.from({ length: 100 }, (_, i) => sanityBuffer(i));
    expect(hashed(lengths)).toEqual(lengths.map((one) => hashed([one])[0]));
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 9 }), (texts) => {
        expect(hashed(texts)).toEqual(texts.map((one) => hashed([one])[0]));
      }),
    );
  });
});

describe('a bloom filter', () => {
  const hashes = fc.bigUint64Array({ minLength: 0, maxLength: 60 });

  /** A filter with these, and the zeros behind it. */
  function filterOf(values: BigUint64Array, blockCount: number): Uint8Array {
    twins.put(FILTER, new Uint8Array(blockCount * 32 + 64));
    twins.put(HASHES, values);
    twins.run('bloomAdd', FILTER, blockCount, HASHES, values.length);
    return twins.same(FILTER, blockCount * 32 + 64);
  }

  it('has a bit in each word of one block, as the format draws it', () => {
    // The upper half chooses the block, the lower one the bits: 1 times a salt, of which the highest five bits count.
    const bytes = filterOf(BigUint64Array.of((0x80000000n << 32n) | 1n), 4);
    const words = [...new Uint32Array(bytes.buffer as ArrayBuffer)].map((word) => word.toString(16));
    const block = ['100', '100', '20000', '100000', '4000', '20', '80000', '800'];
    const none = Array<string>(8).fill('0');
    expect(words).toEqual([none, none, block, none, none, none].flat());
  });

  it('finds what was added, and nothing in one without bits', () => {
    fc.assert(
      fc.property(hashes, fc.integer({ min: 1, max: 64 }), (values, blockCount) => {
        const bytes = filterOf(values, blockCount);
        expect(bytes.subarray(blockCount * 32)).toEqual(new Uint8Array(64));
        for (let i = 0; i < values.length; i++)
          expect(twins.run('bloomFind', FILTER, blockCount, HASHES + i * 8, values.length - i)).toBe(0);
        filterOf(new BigUint64Array(0), blockCount);
        twins.put(HASHES, values);
        expect(twins.run('bloomFind', FILTER, blockCount, HASHES, values.length)).toBe(values.length);
      }),
    );
  });

  it('tells the first that may be in it', () => {
    fc.assert(
      fc.property(hashes, hashes, (added, asked) => {
        filterOf(added, 2);
        twins.put(MORE, asked);
        const first = twins.run('bloomFind', FILTER, 2, MORE, asked.length);
        for (let i = 0; i < asked.length; i++) {
          const isFound = twins.run('bloomFind', FILTER, 2, MORE + i * 8, 1) === 0;
          if (i <= first) expect(isFound).toBe(i === first);
          if (added.includes(asked[i]!)) expect(isFound).toBe(true);
        }
      }),
    );
  });
});
