// Byte strings as pages store them.

/**
 * `count` values, each behind its length, to their ends and their bytes without the lengths. The first end is added to `base`, which
 * the caller has stored as the first offset. Returns where the next value begins; 0 when the bytes end before the values
 * do, or `room` bytes are not enough.
 */
export function splitBytes(
  at: usize,
  end: usize,
  count: u32,
  ends: usize,
  base: u32,
  to: usize,
  room: u32,
): usize {
  let size: u32 = 0;
  for (let i: u32 = 0; i < count; i++, ends += 4) {
    if (end - at < 4) return 0;
    const length = load<u32>(at);
    at += 4;
    if (<u32>(end - at) < length || room - size < length) return 0;
    if (length <= 16) v128.store(to + size, v128.load(at));
    else memory.copy(to + size, at, length);
    at += length;
    size += length;
    store<u32>(ends, base + size);
  }
  return at;
}

/** Lengths to ends; returns how many bytes they add up to, or -1 where one is negative or they pass `room`. */
export function endsOf(lengths: usize, count: u32, base: u32, room: u32, ends: usize): f64 {
  let size: u32 = 0;
  for (let i: u32 = 0; i < count; i++, lengths += 4, ends += 4) {
    const length = load<i32>(lengths);
    if (length < 0 || <u32>length > room - size) return -1;
    size += <u32>length;
    store<u32>(ends, base + size);
  }
  return <f64>size;
}

/** Offsets to lengths. */
export function lengthsOf(offsets: usize, count: u32, to: usize): void {
  for (let i: u32 = 0; i < count; i++, offsets += 4, to += 4)
    store<u32>(to, load<u32>(offsets, 4) - load<u32>(offsets));
}

/** The first of `count` values that begins inside a UTF-8 character, or `count`. */
export function splitCharacter(offsets: usize, data: usize, count: u32): u32 {
  const end = load<u32>(offsets + ((<usize>count) << 2));
  for (let i: u32 = 0; i < count; i++) {
    const at = load<u32>(offsets + ((<usize>i) << 2));
    if (at != end && (load<u8>(data + at) & 0xc0) == 0x80) return i;
  }
  return count;
}

// @ts-ignore: decorator
@inline
function bigEndian(word: u64): u64 {
  const halves = ((word & 0x00ff00ff00ff00ff) << 8) | ((word >> 8) & 0x00ff00ff00ff00ff);
  const quarters = ((halves & 0x0000ffff0000ffff) << 16) | ((halves >> 16) & 0x0000ffff0000ffff);
  return rotl<u64>(quarters, 32);
}

/** The first eight bytes as one number that orders as they do; what is missing is 0. `flip` inverts bits of the first byte. */
// @ts-ignore: decorator
@inline
function front(at: usize, length: u32, flip: u32): u64 {
  const word = length >= 8 ? load<u64>(at) : length == 0 ? 0 : load<u64>(at) & ((<u64>1 << (<u64>length << 3)) - 1);
  return bigEndian(word ^ (length == 0 ? 0 : <u64>flip));
}

/** Order of what follows the first eight bytes, which are equal: below 0, 0, or above. */
function compareRest(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  const shared = min(aLength, bLength);
  for (let i: u32 = min(<u32>8, shared); i < shared; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return aLength < bLength ? -1 : aLength > bLength ? 1 : 0;
}

export function boundsBytes(offsets: usize, data: usize, count: u32, flip: u32, to: usize): void {
  let least: u32 = 0;
  let most: u32 = 0;
  let leastAt = data + load<u32>(offsets);
  let leastLength = load<u32>(offsets, 4) - load<u32>(offsets);
  let leastFront = front(leastAt, leastLength, flip);
  let mostAt = leastAt;
  let mostLength = leastLength;
  let mostFront = leastFront;
  for (let i: u32 = 1; i < count; i++) {
    const place = offsets + (<usize>i << 2);
    const at = data + load<u32>(place);
    const length = load<u32>(place, 4) - load<u32>(place);
    const own = front(at, length, flip);
    if (own < leastFront || (own == leastFront && compareRest(at, length, leastAt, leastLength) < 0)) {
      least = i;
      leastAt = at;
      leastLength = length;
      leastFront = own;
    } else if (own > mostFront || (own == mostFront && compareRest(at, length, mostAt, mostLength) > 0)) {
      most = i;
      mostAt = at;
      mostLength = length;
      mostFront = own;
    }
  }
  store<u32>(to, least);
  store<u32>(to, most, 4);
}
