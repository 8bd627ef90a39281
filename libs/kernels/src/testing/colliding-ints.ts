/**
 * `count` distinct integers that a dictionary looks for in one place: before they are mixed, they are multiples of the inverse of
 * the multiplier of `intern64`, so that they hash to small numbers that share their upper half.
 */
export function collidingInts(count: number): BigUint64Array {
  const inverse = inverseOf(0x9e3779b97f4a7c15n);
  return BigUint64Array.from({ length: count }, (_, i) => {
    const mixed = BigInt.asUintN(64, BigInt(i) * inverse);
    return mixed ^ (mixed >> 32n);
  });
}

/** Modulo 2^64, by Newton. */
function inverseOf(odd: bigint): bigint {
  let inverse = odd;
  for (let i = 0; i < 6; i++) inverse = BigInt.asUintN(64, inverse * (2n - odd * inverse));
  return inverse;
}
