import type { Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { corrupt } from '../format/corrupt.js';

const JULIAN_EPOCH_DAY = 2_440_588;
const NANOS_PER_DAY = 86_400_000_000_000n;

/**
 * Nanoseconds of the day and a Julian day, 12 bytes each, as nanoseconds since 1970.
 *
 * @throws LakeError `corrupt` (`UNSUPPORTED`) when one is outside the range of 64 bits.
 */
export function readInt96(arena: Arena, from: Address, count: number, to: Address): void {
  const view = new DataView(arena.bytes.buffer, from, count * 12);
  const values = arena.view(BigInt64Array, to, count);
  for (let i = 0; i < count; i++) {
    const day = view.getInt32(i * 12 + 8, true) - JULIAN_EPOCH_DAY;
    const value = BigInt(day) * NANOS_PER_DAY + view.getBigInt64(i * 12, true);
    if (BigInt.asIntN(64, value) !== value) {
      throw corrupt('UNSUPPORTED', 'an int96 timestamp is outside the range of nanoseconds', { day });
    }
    values[i] = value;
  }
}
