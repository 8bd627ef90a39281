import fc from 'fast-check';
import { withBlock } from '@ticklake/columnar';
import { ARENA } from '../spec-support/test-arena.js';
import { bitWidthOf, hybridBound } from './coded-encoding.js';

describe('runs and bit-packed groups', () => {
  it('decode to the values, at every width', () => {
    const cases = fc.integer({ min: 1, max: 31 }).chain((width) => {
      const run = fc
        .tuple(fc.nat(2 ** width - 1), fc.nat(40))
        .map(([value, count]) => Array<number>(count).fill(value));
      return fc.tuple(
        fc.constant(width),
        fc.array(fc.oneof(run, fc.array(fc.nat(2 ** width - 1))), { maxLength: 8 }),
      );
    });
    fc.assert(
      fc.property(cases, fc.nat(5), ([width, runs], start) => {
        const values = Int32Array.from(runs.flat()).subarray(start);
        const bytes = encoded(values, (at, to) => ARENA.kernels.hybridWrite(at, values.length, width, to));
        expect(bytes.length).toBeLessThanOrEqual(hybridBound(values.length, width));
        expect(decodeHybrid(bytes, width, values.length)).toEqual([...values]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [255, 8],
    [256, 9],
    [2 ** 31 - 1, 31],
  ])('%d needs %d bits', (max, width) => {
    expect(bitWidthOf(max)).toBe(width);
  });
});

describe('deltas', () => {
  it('of 64 bits decode to the values, wrapping around', () => {
    fc.assert(
      fc.property(integers(64), (values) => {
        const { length } = values;
        const bytes = encoded(BigInt64Array.from(values), (at, to, scratch) =>
          ARENA.kernels.deltaWrite64(at, length, to, scratch),
        );
        expect(decodeDelta(bytes, 64)).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  it('of 32 bits decode to the values, wrapping around', () => {
    fc.assert(
      fc.property(integers(32), (values) => {
        const { length } = values;
        const bytes = encoded(Int32Array.from(values, Number), (at, to, scratch) =>
          ARENA.kernels.deltaWrite32(at, length, to, scratch),
        );
        expect(decodeDelta(bytes, 32)).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });
});

/** What a kernel makes of `values`. */
function encoded(
  values: Int32Array | BigInt64Array,
  write: (at: number, to: number, scratch: number) => number,
): Uint8Array {
  return withBlock(ARENA, 1 << 20, (scratch) => {
    const [at, to] = [scratch + 1024, scratch + (1 << 19)];
    ARENA.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    const size = write(at, to, scratch);
    return Uint8Array.from(ARENA.bytes.subarray(to, to + size));
  });
}

/** Steps of some size from a start, or values all over the range: every width occurs. */
function integers(bits: 32 | 64): fc.Arbitrary<bigint[]> {
  const any = fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });
  const walk = fc.tuple(any, fc.nat(bits - 1)).chain(([start, width]) =>
    fc.array(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) }), { maxLength: 300 }).map((steps) => {
      let value = start;
      return steps.map((step) => (value = BigInt.asIntN(bits, value + step)));
    }),
  );
  return fc.oneof(fc.array(any, { maxLength: 300 }), walk);
}

/** The slow, obvious decoder: all bytes as one integer. */
function bitsAt(bytes: Uint8Array, bit: number, width: number): bigint {
  let value = 0n;
  for (let i = 0; i < width; i++) {
    const at = bit + i;
    if ((((bytes[at >> 3] as number) >> (at & 7)) & 1) === 1) value |= 1n << BigInt(i);
  }
  return value;
}

function varintAt(bytes: Uint8Array, cursor: { at: number }): bigint {
  for (let value = 0n, shift = 0n; ; shift += 7n) {
    const byte = bytes[cursor.at++] as number;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
}

function unzigzag(value: bigint): bigint {
  return value % 2n === 0n ? value / 2n : -(value + 1n) / 2n;
}

function decodeHybrid(bytes: Uint8Array, width: number, count: number): number[] {
  const values: number[] = [];
  const cursor = { at: 0 };
  while (values.length < count) {
    const header = Number(varintAt(bytes, cursor));
    const isPacked = header % 2 === 1;
    const size = isPacked ? (header >> 1) * width : Math.ceil(width / 8);
    const length = isPacked ? (header >> 1) * 8 : header >> 1;
    for (let i = 0; i < length; i++)
      values.push(Number(bitsAt(bytes, cursor.at * 8 + (isPacked ? i * width : 0), width)));
    cursor.at += size;
  }
  expect(cursor.at).toBe(bytes.length);
  return values.slice(0, count);
}

function decodeDelta(bytes: Uint8Array, bits: 32 | 64): bigint[] {
  const cursor = { at: 0 };
  const [block, miniblocks, count] = [1, 2, 3].map(() => Number(varintAt(bytes, cursor))) as [
    number,
    number,
    number,
  ];
  const values = [unzigzag(varintAt(bytes, cursor))];
  while (values.length < count) {
    const min = unzigzag(varintAt(bytes, cursor));
    const widths = bytes.subarray(cursor.at, (cursor.at += miniblocks));
    for (const width of widths) {
      expect(width).toBeLessThanOrEqual(bits);
      if (values.length >= count) expect(width).toBe(0);
      for (let i = 0; i < block / miniblocks && values.length < count; i++) {
        values.push(
          BigInt.asIntN(
            bits,
            (values.at(-1) as bigint) + min + bitsAt(bytes, cursor.at * 8 + i * width, width),
          ),
        );
      }
      cursor.at += ((block / miniblocks) * width) / 8;
    }
  }
  expect(cursor.at).toBe(bytes.length);
  return values.slice(0, count);
}
