// The least and the greatest of some values, order, and sequence.

/** The least and the greatest of two pairs, and of what is left of the values. */
// @ts-ignore: decorator
@inline
function finishBounds<T>(values: usize, end: usize, to: usize, least: T, most: T): void {
  for (; values < end; values += sizeof<T>()) {
    const value = load<T>(values);
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
  store<T>(to, least);
  store<T>(to + sizeof<T>(), most);
}

export function boundsI32(values: usize, count: u32, to: usize): void {
  const end = values + (<usize>count << 2);
  let least = v128.load32_splat(values);
  let most = least;
  for (; values + 16 <= end; values += 16) {
    const four = v128.load(values);
    least = i32x4.min_s(least, four);
    most = i32x4.max_s(most, four);
  }
  least = i32x4.min_s(least, v128.shuffle<i32>(least, least, 2, 3, 0, 1));
  most = i32x4.max_s(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
  const low = min(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 1));
  const high = max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1));
  finishBounds<i32>(values, end, to, low, high);
}

export function boundsU32(values: usize, count: u32, to: usize): void {
  const end = values + (<usize>count << 2);
  let least = v128.load32_splat(values);
  let most = least;
  for (; values + 16 <= end; values += 16) {
    const four = v128.load(values);
    least = i32x4.min_u(least, four);
    most = i32x4.max_u(most, four);
  }
  least = i32x4.min_u(least, v128.shuffle<i32>(least, least, 2, 3, 0, 1));
  most = i32x4.max_u(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
  const low = min(<u32>i32x4.extract_lane(least, 0), <u32>i32x4.extract_lane(least, 1));
  const high = max(<u32>i32x4.extract_lane(most, 0), <u32>i32x4.extract_lane(most, 1));
  finishBounds<u32>(values, end, to, low, high);
}

export function boundsI64(values: usize, count: u32, to: usize): void {
  const end = values + (<usize>count << 3);
  let least = v128.load64_splat(values);
  let most = least;
  for (; values + 16 <= end; values += 16) {
    const two = v128.load(values);
    least = v128.bitselect(two, least, i64x2.gt_s(least, two));
    most = v128.bitselect(two, most, i64x2.gt_s(two, most));
  }
  const low = min(i64x2.extract_lane(least, 0), i64x2.extract_lane(least, 1));
  const high = max(i64x2.extract_lane(most, 0), i64x2.extract_lane(most, 1));
  finishBounds<i64>(values, end, to, low, high);
}

export function boundsU64(values: usize, count: u32, to: usize): void {
  // Signed after the highest bit was inverted, which keeps the order.
  const flip = i64x2.splat(i64.MIN_VALUE);
  const end = values + (<usize>count << 3);
  let least = v128.xor(v128.load64_splat(values), flip);
  let most = least;
  for (; values + 16 <= end; values += 16) {
    const two = v128.xor(v128.load(values), flip);
    least = v128.bitselect(two, least, i64x2.gt_s(least, two));
    most = v128.bitselect(two, most, i64x2.gt_s(two, most));
  }
  const low = min(i64x2.extract_lane(least, 0), i64x2.extract_lane(least, 1)) ^ i64.MIN_VALUE;
  const high = max(i64x2.extract_lane(most, 0), i64x2.extract_lane(most, 1)) ^ i64.MIN_VALUE;
  finishBounds<u64>(values, end, to, <u64>low, <u64>high);
}

/** NaN is left out; +Infinity and -Infinity, in that order, where nothing else is. A least zero is -0, a greatest +0. */
export function boundsF64(values: usize, count: u32, to: usize): void {
  let least = f64x2.splat(Infinity);
  let most = f64x2.splat(-Infinity);
  const end = values + (<usize>count << 3);
  // pmin and pmax keep their first operand unless the second is less or greater, which NaN never is.
  for (; values + 16 <= end; values += 16) {
    const two = v128.load(values);
    least = f64x2.pmin(least, two);
    most = f64x2.pmax(most, two);
  }
  if (values < end) {
    const one = v128.load64_splat(values);
    least = f64x2.pmin(least, one);
    most = f64x2.pmax(most, one);
  }
  const l0 = f64x2.extract_lane(least, 0);
  const l1 = f64x2.extract_lane(least, 1);
  const m0 = f64x2.extract_lane(most, 0);
  const m1 = f64x2.extract_lane(most, 1);
  const low = l1 < l0 ? l1 : l0;
  const high = m1 > m0 ? m1 : m0;
  store<f64>(to, low == 0 ? -0.0 : low);
  store<f64>(to, high == 0 ? 0.0 : high, 8);
}

export function boundsF32(values: usize, count: u32, to: usize): void {
  let least: f32 = Infinity;
  let most: f32 = -Infinity;
  const end = values + (<usize>count << 2);
  for (; values < end; values += 4) {
    const value = load<f32>(values);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  store<f32>(to, least == 0 ? -0.0 : least);
  store<f32>(to, most == 0 ? 0.0 : most, 4);
}

/** The first of `count` values below the one before it, or `count`. */
export function descent64(values: usize, count: u32): u32 {
  if (count == 0) return 0;
  let i: u32 = 1;
  for (; i + 2 <= count; i += 2) {
    const at = values + (<usize>i << 3);
    if (v128.any_true(i64x2.gt_s(v128.load(at - 8), v128.load(at)))) break;
  }
  for (; i < count; i++) {
    const at = values + (<usize>i << 3);
    if (load<i64>(at) < load<i64>(at - 8)) return i;
  }
  return count;
}

/** The same where `second` settles equal values of `first`. */
export function descentPairs64(first: usize, second: usize, count: u32): u32 {
  for (let i: u32 = 1; i < count; i++) {
    const at = <usize>i << 3;
    const a = load<i64>(first + at - 8);
    const b = load<i64>(first + at);
    if (b < a || (b == a && load<i64>(second + at) < load<i64>(second + at - 8))) return i;
  }
  return count;
}

/** The first of `count` values that is not `first`, `first + 1`, …, or `count`. */
export function gap64(values: usize, count: u32, first: f64): u32 {
  let expected = <i64>first;
  for (let i: u32 = 0; i < count; i++, expected++) if (load<i64>(values + (<usize>i << 3)) != expected) return i;
  return count;
}
