// Bit-packed numbers put together.

/** Two halves of `bits` bits each, 4 to 64 and a multiple of 4. */
// @ts-ignore: decorator
@inline
export function putHalves(to: usize, low: u64, high: u64, bits: u32): void {
  store<u64>(to, low);
  if ((bits & 7) == 0) {
    store<u64>(to + (bits >> 3), high);
    return;
  }
  // The halves meet within a byte.
  store<u64>(to, low | (high << bits));
  store<u64>(to + ((bits + 4) >> 3), high >> 4);
}
