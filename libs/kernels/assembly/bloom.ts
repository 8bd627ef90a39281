// XXH64 with seed 0, and the split-block bloom filters that Parquet makes of it.

const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME_3: u64 = 0x165667b19e3779f9;
const PRIME_4: u64 = 0x85ebca77c2b2ae63;
const PRIME_5: u64 = 0x27d4eb2f165667c5;

// @ts-ignore: decorator
@inline
function round(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * PRIME_2, 31) * PRIME_1;
}

// @ts-ignore: decorator
@inline
function join(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
}

// @ts-ignore: decorator
@inline
function put64(hash: u64, word: u64): u64 {
  return rotl<u64>(hash ^ round(0, word), 27) * PRIME_1 + PRIME_4;
}

// @ts-ignore: decorator
@inline
function put32(hash: u64, word: u32): u64 {
  return rotl<u64>(hash ^ (<u64>word * PRIME_1), 23) * PRIME_2 + PRIME_3;
}

// @ts-ignore: decorator
@inline
function finish(hash: u64): u64 {
  hash = (hash ^ (hash >> 33)) * PRIME_2;
  hash = (hash ^ (hash >> 29)) * PRIME_3;
  return hash ^ (hash >> 32);
}

export function xxHashWords32(values: usize, count: u32, to: usize): void {
  const end = values + (<usize>count << 2);
  for (; values < end; values += 4, to += 8) store<u64>(to, finish(put32(PRIME_5 + 4, load<u32>(values))));
}

export function xxHashWords64(values: usize, count: u32, to: usize): void {
  const end = values + (<usize>count << 3);
  for (; values < end; values += 8, to += 8) store<u64>(to, finish(put64(PRIME_5 + 8, load<u64>(values))));
}

export function xxHashBytes(offsets: usize, data: usize, count: u32, to: usize): void {
  const end = to + (<usize>count << 3);
  for (; to < end; to += 8, offsets += 4) {
    store<u64>(to, hashOf(data + load<u32>(offsets), data + load<u32>(offsets, 4)));
  }
}

function hashOf(at: usize, end: usize): u64 {
  const size = <u64>(end - at);
  let hash = PRIME_5;
  if (size >= 32) {
    let a = PRIME_1 + PRIME_2;
    let b = PRIME_2;
    let c: u64 = 0;
    let d: u64 = 0 - PRIME_1;
    for (; at + 32 <= end; at += 32) {
      a = round(a, load<u64>(at));
      b = round(b, load<u64>(at, 8));
      c = round(c, load<u64>(at, 16));
      d = round(d, load<u64>(at, 24));
    }
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    hash = join(join(join(join(hash, a), b), c), d);
  }
  hash += size;
  for (; at + 8 <= end; at += 8) hash = put64(hash, load<u64>(at));
  if (at + 4 <= end) {
    hash = put32(hash, load<u32>(at));
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * PRIME_5), 11) * PRIME_1;
  return finish(hash);
}

/** One bit in each of four words: 2 to the power of a number below 32, which is what a float of that exponent is. */
// @ts-ignore: decorator
@inline
function bitsOf(key: v128, salts: v128): v128 {
  const exponents = i32x4.add(i32x4.shr_u(i32x4.mul(key, salts), 27), i32x4.splat(127));
  return i32x4.trunc_sat_f32x4_u(i32x4.shl(exponents, 23));
}

// @ts-ignore: decorator
@inline
function blockOf(filter: usize, blockCount: u32, hash: u64): usize {
  return filter + (<usize>(((hash >> 32) * <u64>blockCount) >> 32) << 5);
}

// @ts-ignore: decorator
@inline
function firstSalts(): v128 {
  return i32x4(0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d);
}

// @ts-ignore: decorator
@inline
function lastSalts(): v128 {
  return i32x4(0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31);
}

export function bloomAdd(filter: usize, blockCount: u32, hashes: usize, count: u32): void {
  const end = hashes + (<usize>count << 3);
  for (; hashes < end; hashes += 8) {
    const hash = load<u64>(hashes);
    const block = blockOf(filter, blockCount, hash);
    const key = i32x4.splat(<i32>hash);
    v128.store(block, v128.or(v128.load(block), bitsOf(key, firstSalts())));
    v128.store(block, v128.or(v128.load(block, 16), bitsOf(key, lastSalts())), 16);
  }
}

export function bloomFind(filter: usize, blockCount: u32, hashes: usize, count: u32): u32 {
  for (let i: u32 = 0; i < count; i++, hashes += 8) {
    const hash = load<u64>(hashes);
    const block = blockOf(filter, blockCount, hash);
    const key = i32x4.splat(<i32>hash);
    const missing = v128.or(
      v128.andnot(bitsOf(key, firstSalts()), v128.load(block)),
      v128.andnot(bitsOf(key, lastSalts()), v128.load(block, 16)),
    );
    if (!v128.any_true(missing)) return i;
  }
  return count;
}
