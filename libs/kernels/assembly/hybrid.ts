// The mix of runs and bit-packed groups that Parquet stores codes and levels in.
import { putHalves } from './packing';

// A reader, 32 bytes: where it stands and ends, how wide a value is, how many values of the page are left,
// then the run it is in: how many values are left of it, 1 when bit-packed, its value or first byte, its next value.
const AT: usize = 0;
const END: usize = 4;
const WIDTH: usize = 8;
const LEFT: usize = 12;
const RUN: usize = 16;
const PACKED: usize = 20;
const VALUE: usize = 24;
const INDEX: usize = 28;

const BAD_NUMBER: i32 = -1;
const EMPTY_RUN: i32 = -2;
const LONG_RUN: i32 = -3;
const CUT_RUN: i32 = -4;
const OVER_LIMIT: i32 = -5;

export function hybridOpen(state: usize, at: usize, end: usize, width: u32, count: u32): void {
  store<u32>(state, <u32>at, AT);
  store<u32>(state, <u32>end, END);
  store<u32>(state, width, WIDTH);
  store<u32>(state, count, LEFT);
  store<u32>(state, 0, RUN);
}

export function hybridEnd(state: usize): usize {
  return load<u32>(state, AT);
}

export function hybridRead(state: usize, count: u32, limit: u32, target: usize): i32 {
  let to = target;
  const end = target + (<usize>count << 2);
  const width = load<u32>(state, WIDTH);
  if (width == 0) {
    // Every value is 0 and nothing needs to be stored.
    if (count > 0 && limit == 0) return OVER_LIMIT;
    memory.fill(target, 0, <usize>count << 2);
    return 0;
  }
  while (to < end) {
    if (load<u32>(state, RUN) == 0) {
      const problem = openRun(state, width);
      if (problem < 0) return problem;
    }
    const part = min(load<u32>(state, RUN), <u32>(end - to) >> 2);
    const value = load<u32>(state, VALUE);
    if (load<u32>(state, PACKED) == 0) {
      if (value >= limit) return OVER_LIMIT;
      fillWords(to, part, value);
    } else {
      const index = load<u32>(state, INDEX);
      unpack(<usize>value, index, part, width, to);
      store<u32>(state, index + part, INDEX);
      if (greatest(to, part) >= limit) return OVER_LIMIT;
    }
    store<u32>(state, load<u32>(state, RUN) - part, RUN);
    store<u32>(state, load<u32>(state, LEFT) - part, LEFT);
    to += <usize>part << 2;
  }
  return 0;
}

/** Reads the head of the next run and steps over its bytes. */
function openRun(state: usize, width: u32): i32 {
  let at: usize = load<u32>(state, AT);
  const end: usize = load<u32>(state, END);
  const left = load<u32>(state, LEFT);
  let head: u32 = 0;
  for (let shift: u32 = 0; ; shift += 7) {
    if (at >= end || shift >= 35) return BAD_NUMBER;
    const byte = <u32>load<u8>(at++);
    // What is beyond 32 bits would be lost, and a large number pass for a small one.
    if (shift == 28 && byte > 15) return BAD_NUMBER;
    head |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  const length = head >> 1;
  const room = <u64>(end - at);
  if (length == 0) return EMPTY_RUN;
  if ((head & 1) == 0) {
    const size = (width + 7) >> 3;
    if (<u64>size > room) return CUT_RUN;
    if (length > left) return LONG_RUN;
    const word = load<u32>(at);
    store<u32>(state, size == 4 ? word : word & ((<u32>1 << (size << 3)) - 1), VALUE);
    store<u32>(state, 0, PACKED);
    store<u32>(state, length, RUN);
    store<u32>(state, <u32>(at + size), AT);
    return 0;
  }
  const used = <u32>min(<u64>length << 3, <u64>left);
  const stored = <u64>length * <u64>width;
  // Some writers leave out the bytes that only pad the last group; DuckDB pads with whole groups, stored.
  if ((<u64>used * width + 7) >> 3 > room) return CUT_RUN;
  if ((<u64>length << 3) - used >= 8 && stored > room) return CUT_RUN;
  store<u32>(state, <u32>at, VALUE);
  store<u32>(state, 0, INDEX);
  store<u32>(state, 1, PACKED);
  store<u32>(state, used, RUN);
  store<u32>(state, <u32>(at + <usize>min(stored, room)), AT);
  return 0;
}

// @ts-ignore: decorator
@inline
function fillWords(to: usize, count: u32, value: u32): void {
  const end = to + (<usize>count << 2);
  const four = i32x4.splat(value);
  for (; to + 16 <= end; to += 16) v128.store(to, four);
  for (; to < end; to += 4) store<u32>(to, value);
}

/** The largest of `count` unsigned words; at least one. */
function greatest(at: usize, count: u32): u32 {
  const end = at + (<usize>count << 2);
  let most: u32 = 0;
  if (count >= 8) {
    let four = v128.load(at);
    for (at += 16; at + 16 <= end; at += 16) four = i32x4.max_u(four, v128.load(at));
    most = max(
      max(<u32>i32x4.extract_lane(four, 0), <u32>i32x4.extract_lane(four, 1)),
      max(<u32>i32x4.extract_lane(four, 2), <u32>i32x4.extract_lane(four, 3)),
    );
  }
  for (; at < end; at += 4) most = max(most, load<u32>(at));
  return most;
}

// @ts-ignore: decorator
@inline
function valueAt(base: usize, bit: u64, mask: u64): u32 {
  return <u32>((load<u64>(base + <usize>(bit >> 3)) >> (bit & 7)) & mask);
}

/** Values `index … index + count` of `width` bits each from `base`. Reads up to eight bytes past them. */
function unpack(base: usize, index: u32, count: u32, width: u32, to: usize): void {
  const mask = (<u64>1 << width) - 1;
  let bit = <u64>index * width;
  while ((index & 7) != 0 && count > 0) {
    store<u32>(to, valueAt(base, bit, mask));
    to += 4;
    bit += width;
    index++;
    count--;
  }
  const groups = count >> 3;
  unpackGroups(base + <usize>(bit >> 3), groups, width, to);
  to += <usize>groups << 5;
  bit += <u64>groups * (width << 3);
  for (let rest = count & 7; rest > 0; rest--) {
    store<u32>(to, valueAt(base, bit, mask));
    to += 4;
    bit += width;
  }
}

// @ts-ignore: decorator
@inline
function lane(from: usize, bit: u32, mask: u64): u32 {
  return <u32>((load<u64>(from + (bit >> 3)) >> (bit & 7)) & mask);
}

/** Eight values a step. Called with a constant width, so that every shift is one. */
// @ts-ignore: decorator
@inline
function eights(from: usize, groups: u32, width: u32, to: usize): void {
  const mask = (<u64>1 << width) - 1;
  for (let group: u32 = 0; group < groups; group++) {
    store<u32>(to, lane(from, 0, mask));
    store<u32>(to, lane(from, width, mask), 4);
    store<u32>(to, lane(from, width * 2, mask), 8);
    store<u32>(to, lane(from, width * 3, mask), 12);
    store<u32>(to, lane(from, width * 4, mask), 16);
    store<u32>(to, lane(from, width * 5, mask), 20);
    store<u32>(to, lane(from, width * 6, mask), 24);
    store<u32>(to, lane(from, width * 7, mask), 28);
    from += width;
    to += 32;
  }
}

function unpackGroups(from: usize, groups: u32, width: u32, to: usize): void {
  switch (width) {
    case 1: return eights(from, groups, 1, to);
    case 2: return eights(from, groups, 2, to);
    case 3: return eights(from, groups, 3, to);
    case 4: return eights(from, groups, 4, to);
    case 5: return eights(from, groups, 5, to);
    case 6: return eights(from, groups, 6, to);
    case 7: return eights(from, groups, 7, to);
    case 8: return eights(from, groups, 8, to);
    case 9: return eights(from, groups, 9, to);
    case 10: return eights(from, groups, 10, to);
    case 11: return eights(from, groups, 11, to);
    case 12: return eights(from, groups, 12, to);
    case 13: return eights(from, groups, 13, to);
    case 14: return eights(from, groups, 14, to);
    case 15: return eights(from, groups, 15, to);
    case 16: return eights(from, groups, 16, to);
    case 17: return eights(from, groups, 17, to);
    case 18: return eights(from, groups, 18, to);
    default: return eights(from, groups, width, to);
  }
}

// ---- writing

const GROUP: u32 = 8;

// @ts-ignore: decorator
@inline
function putVarint(to: usize, value: u32): usize {
  for (; value >= 128; value >>= 7) store<u8>(to++, <u8>(value | 128));
  store<u8>(to, <u8>value);
  return to + 1;
}

/** Whether the group of eight at `at` is one value. */
// @ts-ignore: decorator
@inline
function isRun(at: usize): bool {
  const first = v128.load32_splat(at);
  return i32x4.all_true(v128.and(i32x4.eq(v128.load(at), first), i32x4.eq(v128.load(at, 16), first)));
}

function endOfRun(at: usize, end: usize): usize {
  const value = load<u32>(at);
  const first = i32x4.splat(value);
  at += 4;
  while (at + 16 <= end && i32x4.all_true(i32x4.eq(v128.load(at), first))) at += 16;
  while (at < end && load<u32>(at) == value) at += 4;
  return at;
}

export function hybridWrite(codes: usize, count: u32, width: u32, target: usize): u32 {
  let at = codes;
  let to = target;
  const end = codes + (<usize>count << 2);
  while (at < end) {
    const runEnd = endOfRun(at, end);
    const run = <u32>(runEnd - at) >> 2;
    if (run >= GROUP) {
      to = putVarint(to, run << 1);
      const value = load<u32>(at);
      for (let bits: u32 = 0; bits < width; bits += 8) store<u8>(to++, <u8>(value >> bits));
      at = runEnd;
      continue;
    }
    let packedEnd = at + (GROUP << 2);
    while (packedEnd < end && !(packedEnd + (GROUP << 2) <= end && isRun(packedEnd))) packedEnd += GROUP << 2;
    const groups = <u32>(packedEnd - at) >> 5;
    to = putVarint(to, (groups << 1) | 1);
    const values = min(groups << 3, <u32>(end - at) >> 2);
    pack(at, values, width, to);
    to += <usize>groups * width;
    at = min(packedEnd, end);
  }
  return <u32>(to - target);
}

// @ts-ignore: decorator
@inline
function word(at: usize, i: u32): u64 {
  return <u64>load<u32>(at + (i << 2));
}

/** Packs `count` values; the last group is filled up with zeros. Writes up to eight bytes past it. */
function pack(at: usize, count: u32, width: u32, to: usize): void {
  let groups = count >> 3;
  if (width <= 16) {
    // Four values of 16 bits fit a word, so a group is two words that are put together once.
    for (; groups > 0; groups--, at += 32, to += width) {
      const low = word(at, 0) | (word(at, 1) << width) | (word(at, 2) << (width * 2)) | (word(at, 3) << (width * 3));
      const high = word(at, 4) | (word(at, 5) << width) | (word(at, 6) << (width * 2)) | (word(at, 7) << (width * 3));
      putHalves(to, low, high, width << 2);
    }
  } else {
    for (; groups > 0; groups--, at += 32, to += width) putWide(at, 8, width, to);
  }
  const rest = count & 7;
  if (rest > 0) putWide(at, rest, width, to);
}

function putWide(at: usize, count: u32, width: u32, to: usize): void {
  let pending: u64 = 0;
  let filled: u32 = 0;
  const end = to + width;
  for (let i: u32 = 0; i < count; i++) {
    pending |= word(at, i) << filled;
    filled += width;
    if (filled < 32) continue;
    store<u32>(to, <u32>pending);
    to += 4;
    pending >>= 32;
    filled -= 32;
  }
  for (; to < end; to += 4) {
    store<u32>(to, <u32>pending);
    pending = 0;
  }
}
