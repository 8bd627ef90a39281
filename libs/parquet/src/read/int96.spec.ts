import { ARENA } from '../spec-support/test-arena.js';
import { readInt96 } from './int96.js';

/** Nanoseconds of the day, then a Julian day; 1970-01-01 is 2,440,588. */
function int96(nanosOfDay: bigint, julianDay: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(12));
  view.setBigInt64(0, nanosOfDay, true);
  view.setInt32(8, julianDay, true);
  return new Uint8Array(view.buffer);
}

function read(...values: readonly Uint8Array[]): bigint[] {
  const from = ARENA.alloc(12 * values.length);
  const to = ARENA.alloc(8 * values.length);
  ARENA.put(Buffer.concat(values), from);
  try {
    readInt96(ARENA, from, values.length, to);
    return [...ARENA.view(BigInt64Array, to, values.length)];
  } finally {
    ARENA.free(from);
    ARENA.free(to);
  }
}

it('times of 96 bits are nanoseconds since 1970, to the last one', () => {
  expect(read(int96(0n, 2_440_588), int96(1n, 2_440_588), int96(86_399_999_999_999n, 2_440_587))).toEqual([
    0n,
    1n,
    -1n,
  ]);
  // 2026-02-03T10:00:00.123456789Z
  expect(read(int96(36_000_123_456_789n, 2_461_075))).toEqual([1_770_112_800_123_456_789n]);
});

it('a time that 64 bits of nanoseconds do not hold is refused, not wrapped', () => {
  expect(() => read(int96(0n, 2_440_588 + 106_752))).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED' }),
  );
});
