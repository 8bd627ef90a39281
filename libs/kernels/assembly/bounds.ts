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

// @ts-ignore: decorator
@inline
function lesser(a: v128, b: v128): v128 {
  return v128.bitselect(b, a, i64x2.gt_s(a, b));
}

// @ts-ignore: decorator
@inline
function greater(a: v128, b: v128): v128 {
  return v128.bitselect(b, a, i64x2.gt_s(b, a));
}

// @ts-ignore: decorator
@inline
function flipped(two: v128, flip: i64): v128 {
  return flip == 0 ? two : v128.xor(two, i64x2.splat(flip));
}

/** The bits that `flip` has are inverted while values are compared. Four values a step: each comparison waits for the one before. */
// @ts-ignore: decorator
@inline
function boundsOf64<T>(values: usize, count: u32, to: usize, flip: i64): void {
  const end = values + (<usize>count << 3);
  let least = flipped(v128.load64_splat(values), flip);
  let most = least;
  let least2 = least;
  let most2 = least;
  for (; values + 32 <= end; values += 32) {
    const two = flipped(v128.load(values), flip);
    const more = flipped(v128.load(values, 16), flip);
    least = lesser(least, two);
    most = greater(most, two);
    least2 = lesser(least2, more);
    most2 = greater(most2, more);
  }
  least = lesser(least, least2);
  most = greater(most, most2);
  const low = min(i64x2.extract_lane(least, 0), i64x2.extract_lane(least, 1)) ^ flip;
  const high = max(i64x2.extract_lane(most, 0), i64x2.extract_lane(most, 1)) ^ flip;
  finishBounds<T>(values, end, to, <T>low, <T>high);
}

export function boundsI64(values: usize, count: u32, to: usize): void {
  boundsOf64<i64>(values, count, to, 0);
}

export function boundsU64(values: usize, count: u32, to: usize): void {
  // Signed after the highest bit was inverted, which keeps the order.
  boundsOf64<u64>(values, count, to, i64.MIN_VALUE);
}

/** NaN is left out; +Infinity and -Infinity, in that order, where nothing else is. A least zero is -0, a greatest +0. */
export function boundsF64(values: usize, count: u32, to: usize): void {
  let least = f64x2.splat(Infinity);
  let most = f64x2.splat(-Infinity);
  let least2 = least;
  let most2 = most;
  const end = values + (<usize>count << 3);
  // pmin and pmax keep their first operand unless the second is less or greater, which NaN never is.
  for (; values + 32 <= end; values += 32) {
    const two = v128.load(values);
    const more = v128.load(values, 16);
    least = f64x2.pmin(least, two);
    most = f64x2.pmax(most, two);
    least2 = f64x2.pmin(least2, more);
    most2 = f64x2.pmax(most2, more);
  }
  least = f64x2.pmin(least, least2);
  most = f64x2.pmax(most, most2);
  if (values + 16 <= end) {
    const two = v128.load(values);
    least = f64x2.pmin(least, two);
    most = f64x2.pmax(most, two);
    values += 16;
  }
  if (values < end) {
    const one = v128.load64_splat(values);
    least = f64x2.pmin(least, one);
    most = f64x2.pmax(most, one);
  }
  finishF64(least, most, to);
}

// @ts-ignore: decorator
@inline
function finishF64(least: v128, most: v128, to: usize): void {
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

/** Of what codes name, one after another: a new least or greatest value is so rare that no branch is guessed wrong. */
// @ts-ignore: decorator
@inline
function namedBounds<T>(table: usize, codes: usize, count: u32, to: usize, least: T, most: T): void {
  for (const end = codes + (<usize>count << 2); codes < end; codes += 4) {
    const value = load<T>(table + <usize>load<u32>(codes) * sizeof<T>());
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (isFloat<T>()) {
    if (least == <T>0) least = <T>-0.0;
    if (most == <T>0) most = <T>0;
  }
  store<T>(to, least);
  store<T>(to + sizeof<T>(), most);
}

// @ts-ignore: decorator
@inline
function namedIntegers<T>(table: usize, codes: usize, count: u32, to: usize): void {
  const first = load<T>(table + <usize>load<u32>(codes) * sizeof<T>());
  namedBounds<T>(table, codes, count, to, first, first);
}

export function namedBoundsI32(table: usize, codes: usize, count: u32, to: usize): void {
  namedIntegers<i32>(table, codes, count, to);
}

export function namedBoundsU32(table: usize, codes: usize, count: u32, to: usize): void {
  namedIntegers<u32>(table, codes, count, to);
}

export function namedBoundsI64(table: usize, codes: usize, count: u32, to: usize): void {
  namedIntegers<i64>(table, codes, count, to);
}

export function namedBoundsU64(table: usize, codes: usize, count: u32, to: usize): void {
  namedIntegers<u64>(table, codes, count, to);
}

export function namedBoundsF32(table: usize, codes: usize, count: u32, to: usize): void {
  namedBounds<f32>(table, codes, count, to, Infinity, -Infinity);
}

// @ts-ignore: decorator
@inline
function namedPair(table: usize, codes: usize): v128 {
  const pair = load<u64>(codes);
  return v128.load64_lane(table + (<usize>(pair >> 32) << 3), v128.load64_zero(table + (<usize>(<u32>pair) << 3)), 1);
}

export function namedBoundsF64(table: usize, codes: usize, count: u32, to: usize): void {
  let least = f64x2.splat(Infinity);
  let most = f64x2.splat(-Infinity);
  let least2 = least;
  let most2 = most;
  const end = codes + (<usize>count << 2);
  for (; codes + 16 <= end; codes += 16) {
    const two = namedPair(table, codes);
    const more = namedPair(table, codes + 8);
    least = f64x2.pmin(least, two);
    most = f64x2.pmax(most, two);
    least2 = f64x2.pmin(least2, more);
    most2 = f64x2.pmax(most2, more);
  }
  least = f64x2.pmin(least, least2);
  most = f64x2.pmax(most, most2);
  for (; codes < end; codes += 4) {
    const one = v128.load64_splat(table + (<usize>load<u32>(codes) << 3));
    least = f64x2.pmin(least, one);
    most = f64x2.pmax(most, one);
  }
  finishF64(least, most, to);
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
