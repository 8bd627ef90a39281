import fc from 'fast-check';
import { bytesSource, compareBytes, compareUtf8, toHex } from './bytes.js';

/** Every code point but surrogates alone, which no UTF-8 can hold; crowded where UTF-16 and UTF-8 disagree. */
const text = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      'a',
      '\u007f',
      '\u0080',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10400}',
      '\u{10ffff}',
    ),
  ),
  maxLength: 6,
});

describe('bytesSource', () => {
  const bytes = Uint8Array.of(10, 11, 12, 13);
  const source = bytesSource(bytes);

  it.each([
    [0, 4, [10, 11, 12, 13]],
    [1, 2, [11, 12]],
    [3, 1, [13]],
    [0, 0, []],
    [4, 0, []],
  ])('reads at %i, %i bytes', async (offset, length, expected) => {
    expect([...(await source.read(offset, length))]).toEqual(expected);
  });

  it.each([
    [0, 5],
    [4, 1],
    [5, 0],
    [-1, 1],
    [2, -1],
  ])('refuses at %i, %i bytes', async (offset, length) => {
    await expect(source.read(offset, length)).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'TRUNCATED',
      details: { offset, length, size: 4 },
    });
  });

  it('is as long as its bytes, and copies none', async () => {
    expect(source.size).toBe(4);
    expect((await source.read(1, 2)).buffer).toBe(bytes.buffer);
  });

  it('counts from the start of a view, not of its buffer', async () => {
    expect([...(await bytesSource(bytes.subarray(2)).read(0, 2))]).toEqual([12, 13]);
  });
});

describe('compareBytes', () => {
  it('orders as Buffer.compare does', () => {
    // Two letters, so that common prefixes are common.
    const few = fc.uint8Array({ min: 0, max: 1, maxLength: 4 });
    const any = fc.oneof(few, fc.uint8Array({ maxLength: 8 }));
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      }),
    );
  });

  it('is unsigned, and a prefix comes first', () => {
    expect(compareBytes(Uint8Array.of(0x7f), Uint8Array.of(0x80))).toBeLessThan(0);
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
  });
});

describe('compareUtf8', () => {
  it('orders as the bytes do', () => {
    fc.assert(
      fc.property(text, text, text, (prefix, x, y) => {
        const [a, b] = [prefix + x, prefix + y];
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 1000 },
    );
  });

  it('differs from the order of JavaScript above U+FFFF', () => {
    expect('\uffff' < '\u{10000}').toBe(false);
    expect(compareUtf8('\uffff', '\u{10000}')).toBeLessThan(0);
  });
});

describe('toHex', () => {
  it('writes two lower-case digits a byte, of the view only', () => {
    const bytes = Uint8Array.of(1, 0x0a, 0xff, 0, 2);
    expect(toHex(bytes.subarray(1, 4))).toBe('0aff00');
    expect(toHex(new Uint8Array())).toBe('');
  });
});
