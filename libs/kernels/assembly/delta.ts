// DELTA_BINARY_PACKED integers of 32 and 64 bits.
import { putHalves } from './packing';

// A reader, 64 bytes.
const VALUE: usize = 0; // the value reached, 64 bits
const LEAST: usize = 8; // the least difference of the block, 64 bits
const AT: usize = 16; // next byte
const END: usize = 20;
const LEFT: usize = 24; // values not yet given out
const FIRST: usize = 28; // 1 while the first value has not been given out
const PER_MINI: usize = 32; // values of a miniblock
const MINIS: usize = 36; // miniblocks of a block
const MINI: usize = 40; // miniblocks of this block that were opened
const WIDTHS: usize = 44; // where their widths stand
const RUN: usize = 48; // values left of this miniblock
const WIDTH: usize = 52;
const BASE: usize = 56; // its first byte
const INDEX: usize = 60; // its next value

const BAD_NUMBER: i32 = -1;
const BAD_BLOCK: i32 = -2;
const OTHER_COUNT: i32 = -3;
const CUT_BLOCK: i32 = -4;

/** Where the last varint ended; 0 when it was cut off, too long, or has more bits than would be kept of it. */
let numberEnd: usize = 0;

function readVarint(at: usize, end: usize, bytesMax: u32): u64 {
  let value: u64 = 0;
  numberEnd = 0;
  for (let i: u32 = 0; i < bytesMax && at < end; i++) {
    const byte = <u64>load<u8>(at++);
    value |= (byte & 127) << (i * 7);
    if (byte < 128) {
      if ((bytesMax == 5 && value >> 32 != 0) || (i == 9 && byte > 1)) return 0;
      numberEnd = at;
      return value;
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function unzigzag(value: u64): i64 {
  return <i64>((value >> 1) ^ (0 - (value & 1)));
}

export function deltaOpen(state: usize, at: usize, end: usize, count: u32): i32 {
  const block = <u32>readVarint(at, end, 5);
  if (numberEnd == 0) return BAD_NUMBER;
  const minis = <u32>readVarint(numberEnd, end, 5);
  if (numberEnd == 0) return BAD_NUMBER;
  const total = <u32>readVarint(numberEnd, end, 5);
  if (numberEnd == 0) return BAD_NUMBER;
  const first = readVarint(numberEnd, end, 10);
  if (numberEnd == 0) return BAD_NUMBER;
  if (block == 0 || block % 128 != 0 || minis == 0 || <u64>block % (<u64>minis << 3) != 0) return BAD_BLOCK;
  if (total != count) return OTHER_COUNT;
  store<i64>(state, unzigzag(first), VALUE);
  store<u32>(state, <u32>numberEnd, AT);
  store<u32>(state, <u32>end, END);
  store<u32>(state, count, LEFT);
  store<u32>(state, 1, FIRST);
  store<u32>(state, block / minis, PER_MINI);
  store<u32>(state, minis, MINIS);
  store<u32>(state, minis, MINI);
  store<u32>(state, 0, RUN);
  return 0;
}

/** Stands at the next miniblock, of the next block where this one has no more. */
function openMini(state: usize): i32 {
  let at: usize = load<u32>(state, AT);
  const end: usize = load<u32>(state, END);
  const minis = load<u32>(state, MINIS);
  let mini = load<u32>(state, MINI);
  if (mini == minis) {
    const least = readVarint(at, end, 10);
    if (numberEnd == 0) return BAD_NUMBER;
    at = numberEnd;
    if (<u32>(end - at) < minis) return CUT_BLOCK;
    store<i64>(state, unzigzag(least), LEAST);
    store<u32>(state, <u32>at, WIDTHS);
    at += minis;
    mini = 0;
  }
  const perMini = load<u32>(state, PER_MINI);
  const width = <u32>load<u8>(<usize>load<u32>(state, WIDTHS) + mini);
  const used = min(perMini, load<u32>(state, LEFT));
  const room = <u64>(end - at);
  if (width > 64 || (<u64>used * width + 7) >> 3 > room) return CUT_BLOCK;
  store<u32>(state, mini + 1, MINI);
  store<u32>(state, used, RUN);
  store<u32>(state, width, WIDTH);
  store<u32>(state, <u32>at, BASE);
  store<u32>(state, 0, INDEX);
  store<u32>(state, <u32>(at + <usize>min(<u64>(perMini >> 3) * width, room)), AT);
  return 0;
}

/** `width` bits, at most 64, from bit `bit` on. Reads up to nine bytes. */
// @ts-ignore: decorator
@inline
function bitsAt(base: usize, bit: u64, width: u32, mask: u64): u64 {
  const from = base + <usize>(bit >> 3);
  const skip = bit & 7;
  const low = load<u64>(from) >> skip;
  if (width <= 57) return low & mask;
  return (low | (skip == 0 ? 0 : <u64>load<u8>(from, 8) << (64 - skip))) & mask;
}

// @ts-ignore: decorator
@inline
function put<T>(to: usize, value: i64): void {
  store<T>(to, <T>value);
}

// @ts-ignore: decorator
@inline
function read<T>(state: usize, target: usize, count: u32): i32 {
  let to = target;
  const end = target + <usize>count * sizeof<T>();
  let value = load<i64>(state, VALUE);
  if (count > 0 && load<u32>(state, FIRST) == 1) {
    put<T>(to, value);
    to += sizeof<T>();
    store<u32>(state, 0, FIRST);
    store<u32>(state, load<u32>(state, LEFT) - 1, LEFT);
  }
  while (to < end) {
    if (load<u32>(state, RUN) == 0) {
      const problem = openMini(state);
      if (problem < 0) return problem;
    }
    const part = min(load<u32>(state, RUN), <u32>(end - to) / sizeof<T>());
    const least = load<i64>(state, LEAST);
    const width = load<u32>(state, WIDTH);
    const base: usize = load<u32>(state, BASE);
    const index = load<u32>(state, INDEX);
    const partEnd = to + <usize>part * sizeof<T>();
    if (width == 0) {
      for (; to < partEnd; to += sizeof<T>()) {
        value += least;
        put<T>(to, value);
      }
    } else if (width <= 57) {
      const mask = (<u64>1 << width) - 1;
      for (let bit = <u64>index * width; to < partEnd; to += sizeof<T>(), bit += width) {
        value += least + <i64>((load<u64>(base + <usize>(bit >> 3)) >> (bit & 7)) & mask);
        put<T>(to, value);
      }
    } else {
      const mask = width == 64 ? u64.MAX_VALUE : (<u64>1 << width) - 1;
      for (let bit = <u64>index * width; to < partEnd; to += sizeof<T>(), bit += width) {
        value += least + <i64>bitsAt(base, bit, width, mask);
        put<T>(to, value);
      }
    }
    store<u32>(state, index + part, INDEX);
    store<u32>(state, load<u32>(state, RUN) - part, RUN);
    store<u32>(state, load<u32>(state, LEFT) - part, LEFT);
  }
  store<i64>(state, value, VALUE);
  return 0;
}

export function deltaRead64(state: usize, target: usize, count: u32): i32 {
  return read<i64>(state, target, count);
}

export function deltaRead32(state: usize, target: usize, count: u32): i32 {
  return read<i32>(state, target, count);
}

/** Where the bytes after the values begin; meaningful once all of them were read. */
export function deltaEnd(state: usize): u32 {
  return load<u32>(state, AT);
}

// ---- writing

const BLOCK: u32 = 128;
const MINIBLOCK: u32 = 32;
const MINIBLOCKS: u32 = 4;

// @ts-ignore: decorator
@inline
function putVarint(to: usize, value: u64): usize {
  for (; value >= 128; value >>= 7) store<u8>(to++, <u8>(value | 128));
  store<u8>(to, <u8>value);
  return to + 1;
}

// @ts-ignore: decorator
@inline
function zigzag(value: i64): u64 {
  return <u64>((value << 1) ^ (value >> 63));
}

// @ts-ignore: decorator
@inline
function write<T>(values: usize, count: u32, target: usize, scratch: usize): u32 {
  let to = putVarint(target, BLOCK);
  to = putVarint(to, MINIBLOCKS);
  to = putVarint(to, count);
  to = putVarint(to, zigzag(count > 0 ? <i64>load<T>(values) : 0));
  let at = values + sizeof<T>();
  for (let done: u32 = 1; done < count; done += BLOCK, at += BLOCK * sizeof<T>()) {
    const used = min(BLOCK, count - done);
    const first: T = load<T>(at) - load<T>(at - sizeof<T>());
    if (areSteps<T>(at, used, first)) {
      // Numbers in sequence: widths of 0, and nothing that needs them.
      to = putVarint(to, zigzag(<i64>first));
      store<u32>(to, 0);
      to += MINIBLOCKS;
      continue;
    }
    const least = sizeof<T>() == 8 ? putSteps64(at, used, scratch, <i64>first) : putSteps32(at, used, scratch, <i32>first);
    to = putVarint(to, zigzag(least));
    for (let i = used; i < BLOCK; i++) store<i64>(scratch + (i << 3), least);
    to = putMiniblocks(scratch, least, to);
  }
  return <u32>(to - target);
}

/** Whether each of `used` values is `step` more than the one before; where they are not, one of the first nearly always tells. */
// @ts-ignore: decorator
@inline
function areSteps<T>(at: usize, used: u32, step: T): bool {
  const steps = v128.splat<T>(step);
  const end = at + <usize>used * sizeof<T>();
  for (; at + 32 <= end; at += 32) {
    const one = v128.sub<T>(v128.load(at), v128.load(at - sizeof<T>()));
    const other = v128.sub<T>(v128.load(at, 16), v128.load(at + 16 - sizeof<T>()));
    if (v128.any_true(v128.or(v128.xor(one, steps), v128.xor(other, steps)))) return false;
  }
  for (; at < end; at += sizeof<T>()) {
    const own: T = load<T>(at) - load<T>(at - sizeof<T>());
    if (own != step) return false;
  }
  return true;
}

/** The steps to `used` values from the ones before them, 64 bits each; returns the least. */
// @ts-ignore: decorator
@inline
function putSteps64(at: usize, used: u32, to: usize, first: i64): i64 {
  let lows = i64x2.splat(first);
  const end = at + (<usize>used << 3);
  for (; at + 16 <= end; at += 16, to += 16) {
    const steps = i64x2.sub(v128.load(at), v128.load(at - 8));
    v128.store(to, steps);
    lows = v128.bitselect(steps, lows, i64x2.gt_s(lows, steps));
  }
  let least = min(i64x2.extract_lane(lows, 0), i64x2.extract_lane(lows, 1));
  if (at < end) {
    const step = load<i64>(at) - load<i64>(at - 8);
    store<i64>(to, step);
    least = min(least, step);
  }
  return least;
}

// @ts-ignore: decorator
@inline
function putSteps32(at: usize, used: u32, to: usize, first: i32): i64 {
  let lows = i32x4.splat(first);
  const end = at + (<usize>used << 2);
  for (; at + 16 <= end; at += 16, to += 32) {
    const steps = i32x4.sub(v128.load(at), v128.load(at - 4));
    v128.store(to, i64x2.extend_low_i32x4_s(steps));
    v128.store(to, i64x2.extend_high_i32x4_s(steps), 16);
    lows = i32x4.min_s(lows, steps);
  }
  lows = i32x4.min_s(lows, v128.shuffle<i32>(lows, lows, 2, 3, 0, 1));
  let least = min(i32x4.extract_lane(lows, 0), i32x4.extract_lane(lows, 1));
  for (; at < end; at += 4, to += 8) {
    const step = load<i32>(at) - load<i32>(at - 4);
    store<i64>(to, <i64>step);
    least = min(least, step);
  }
  return <i64>least;
}

/** The widths, then the miniblocks of 128 steps: by how much they pass the least. */
function putMiniblocks(steps: usize, least: i64, to: usize): usize {
  const widths = to;
  const leasts = i64x2.splat(least);
  to += MINIBLOCKS;
  for (let i: u32 = 0; i < MINIBLOCKS; i++, steps += MINIBLOCK << 3) {
    let seen = i64x2.splat(0);
    for (let at = steps; at < steps + (MINIBLOCK << 3); at += 32) {
      seen = v128.or(seen, i64x2.sub(v128.load(at), leasts));
      seen = v128.or(seen, i64x2.sub(v128.load(at, 16), leasts));
    }
    const width = 64 - <u32>clz(i64x2.extract_lane(seen, 0) | i64x2.extract_lane(seen, 1));
    store<u8>(widths + i, <u8>width);
    if (width > 16) pack32(steps, least, width, to);
    else if (width > 0) packNarrow32(steps, leasts, width, to);
    to += width << 2;
  }
  return to;
}

/** What 32 steps are beyond the least, `width` bits each, at most 64, least significant bit first. Writes up to eight bytes past them. */
function pack32(at: usize, least: i64, width: u32, to: usize): void {
  let pending: u64 = 0;
  let filled: u32 = 0;
  for (let i: u32 = 0; i < MINIBLOCK; i++, at += 8) {
    const value = <u64>(load<i64>(at) - least);
    pending |= value << filled;
    filled += width;
    if (filled < 64) continue;
    store<u64>(to, pending);
    to += 8;
    filled -= 64;
    pending = filled == 0 ? 0 : value >> (width - filled);
  }
  if (filled > 0) store<u64>(to, pending);
}

/** The same of at most 16 bits each: four values fit a word, so eight are two words that are put together once. */
function packNarrow32(at: usize, leasts: v128, width: u32, to: usize): void {
  for (const end = at + (MINIBLOCK << 3); at < end; at += 64, to += width) {
    const low = fourOf(at, leasts, width);
    putHalves(to, low, fourOf(at + 32, leasts, width), width << 2);
  }
}

// @ts-ignore: decorator
@inline
function fourOf(at: usize, leasts: v128, width: u32): u64 {
  const first = i64x2.sub(v128.load(at), leasts);
  const second = i64x2.sub(v128.load(at, 16), leasts);
  // The first and the third value side by side, the second and the fourth.
  const pairs = v128.or(first, i64x2.shl(second, <i32>(width << 1)));
  return <u64>i64x2.extract_lane(pairs, 0) | (<u64>i64x2.extract_lane(pairs, 1) << width);
}

/** `scratch` is 1024 bytes. */
export function deltaWrite64(values: usize, count: u32, target: usize, scratch: usize): u32 {
  return write<i64>(values, count, target, scratch);
}

export function deltaWrite32(values: usize, count: u32, target: usize, scratch: usize): u32 {
  return write<i32>(values, count, target, scratch);
}
