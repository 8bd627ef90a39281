/** The digits of 256 bits, the widest decimal that anybody is known to write. */
export const DECIMAL_PRECISION_MAX = 76;

/** The fewest bytes of two's complement that hold every integer of `precision` decimal digits, of which there are few enough. */
export function decimalSizeBytes(precision: number): number {
  let bytes = 1;
  while (1n << BigInt(8 * bytes - 1) < 10n ** BigInt(precision)) bytes++;
  return bytes;
}
