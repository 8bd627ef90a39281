import { openSizes } from './open-sizes.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A file whose keys go from `min` to `max`. */
function file(min: bigint, max: bigint) {
  return { rowGroups: [{ rowGroup: 0, rowCount: 1, min, max }] };
}

const files = (count: number, max: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => file(BigInt(i * 10), BigInt(max(i))));

describe('what open files have at hand', () => {
  it('is all there is where no two overlap', () => {
    const sizes = openSizes(
      files(100, (i) => i * 10 + 5),
      { bytesMax: 8 * MIB, openMax: 50, columnCount: 16 },
    );
    expect(sizes).toEqual({ wholeBytesMax: 8 * MIB, windowBytes: 512 * KIB });
  });

  it('is shared by those that overlap, and no more than may be open', () => {
    const share = { bytesMax: 8 * MIB, openMax: 50, columnCount: 4 };
    const all = files(32, () => 1000);
    expect(openSizes(all, share)).toEqual({ wholeBytesMax: MIB / 4, windowBytes: 64 * KIB });
    expect(openSizes(all, { ...share, openMax: 8 })).toEqual({ wholeBytesMax: MIB, windowBytes: 256 * KIB });
  });

  it('is never so little that reading is mostly waiting, nor larger than pays', () => {
    const share = { bytesMax: 1, openMax: 50, columnCount: 4 };
    expect(openSizes([file(0n, 1n), { rowGroups: [] }], share).windowBytes).toBe(16 * KIB);
    expect(openSizes([], { ...share, bytesMax: 2 ** 31 })).toEqual({
      wholeBytesMax: 2 ** 31,
      windowBytes: 512 * KIB,
    });
  });
});
