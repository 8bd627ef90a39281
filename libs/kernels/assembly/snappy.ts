// Raw snappy blocks, both ways.

const FRAGMENT: u32 = 65536;
const TABLE_BITS: u32 = 14;
/** So far from both ends, a short literal or a short copy passes neither of them. */
const NEAR: i32 = 32;
/** What a copy from eight before begins with, of what is missing to eight bytes after some: four less for each of those. */
const REST_OF_EIGHT: u32 = 0x0811;
const STREAK: u32 = 8;

// @ts-ignore: decorator
@inline
function copy16(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
}

/** Copies more than sixteen bytes, and up to fifteen too many. */
// @ts-ignore: decorator
@inline
function copyLong(to: usize, from: usize, count: u32): void {
  // A call out of the module takes as long as it takes to move so many bytes here.
  if (count > 512) return memory.copy(to, from, count);
  for (let done: u32 = 0; done < count; done += 16) copy16(to + done, from + done);
}

/** The last eight bytes once the first `count`, at most eight, of `bytes` have followed. */
// @ts-ignore: decorator
@inline
function after(last: u64, bytes: u64, count: u32): u64 {
  return count == 8 ? bytes : (last >> (<u64>count << 3)) | (bytes << (64 - (<u64>count << 3)));
}

/**
 * The block must say and hold exactly `size` bytes. Reads at most 16 bytes past the source and writes at most 32 past the
 * target; both arena blocks have room for that.
 */
export function snappyDecode(source: usize, length: u32, target: usize, size: u32): i32 {
  let from = source;
  const end = source + length;
  let stated: u64 = 0;
  for (let shift: u64 = 0; ; shift += 7) {
    if (from >= end || shift > 28) return -1;
    const byte = <u64>load<u8>(from++);
    stated |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  if (stated != <u64>size) return -1;
  let to = target;
  const full = target + size;
  while (from < end) {
    if (to - target >= 8) {
      // Numbers of 64 bits are mostly a literal of a byte or two and a copy of the rest from a number before, most often the last. Loading
      // that from where it has just been stored in two parts takes longer than all else, so the last eight bytes are kept at hand.
      let last = load<u64>(to - 8);
      let streak: u32 = 0;
      while (<i32>(end - from) >= NEAR && <i32>(full - to) >= NEAR) {
        const word = load<u64>(from);
        const tag = <u32>word;
        if ((tag & 3) == 0) {
          const count = ((tag & 0xff) >> 2) + 1;
          if (count > 8) break;
          const bits = <u64>count << 3;
          if (count <= 4 && (<u32>(word >> (bits + 8)) & 0xffff) == REST_OF_EIGHT - (count << 2)) {
            // How many of eight bytes are new nobody can predict, so there is no branch.
            const mask = (<u64>1 << bits) - 1;
            last = (last & ~mask) | ((word >> 8) & mask);
            store<u64>(to, last);
            to += 8;
            from += count + 3;
            streak = count == 1 ? streak + 1 : 0;
            if (streak < STREAK) continue;
            // Unless so many had one: then it is worth a look whether others have.
            while (<i32>(end - from) >= NEAR && <i32>(full - to) >= NEAR) {
              const pair = load<u32>(from);
              if ((pair & 0xffff00ff) != (REST_OF_EIGHT - 4) << 16) break;
              last = (last & ~0xff) | ((pair >> 8) & 0xff);
              store<u64>(to, last);
              to += 8;
              from += 4;
            }
            continue;
          }
          const bytes = load<u64>(from, 1);
          store<u64>(to, bytes);
          last = after(last, bytes, count);
          to += count;
          from += count + 1;
          continue;
        }
        const kind = tag & 3;
        if (kind == 3) break;
        // Which of both other kinds is next nobody can predict either.
        const isLong = kind - 1;
        const all = 0 - isLong;
        const count = (((tag >> 2) & (7 | (all & 63))) + 4) - 3 * isLong;
        const back = ((tag >> 8) & (0xff | (all & 0xffff))) | (((tag & 0xe0) << 3) & ~all);
        if (count > 16 || back > <u32>(to - target)) break;
        if (back == 8) {
          store<u64>(to, last);
          store<u64>(to, last, 8);
          last = rotr<u64>(last, <u64>count << 3);
        } else if (back < 16) break;
        else if (count <= 8) {
          const bytes = load<u64>(to - back);
          store<u64>(to, bytes);
          last = after(last, bytes, count);
        } else {
          copy16(to, to - back);
          last = load<u64>(to - back + count - 8);
        }
        to += count;
        from += 2 + isLong;
      }
    }
    if (from >= end) break;
    const tag = <u32>load<u8>(from++);
    if ((tag & 3) == 0) {
      let count: u32 = (tag >> 2) + 1;
      if (count <= 16 && <u32>(end - from) >= count && <u32>(full - to) >= count) {
        copy16(to, from);
        from += count;
        to += count;
        continue;
      }
      if (count > 60) {
        const extra = count - 60;
        if (<u32>(end - from) < extra) return -1;
        const word = load<u32>(from);
        const wide = extra == 4 ? word : word & ((1 << (extra << 3)) - 1);
        if (wide >= 0x7fffffff) return -1;
        count = wide + 1;
        from += extra;
      }
      if (<u32>(end - from) < count || <u32>(full - to) < count) return -1;
      if (count <= 64) {
        copy16(to, from);
        copy16(to + 16, from + 16);
        if (count > 32) {
          copy16(to + 32, from + 32);
          copy16(to + 48, from + 48);
        }
      } else copyLong(to, from, count);
      to += count;
      from += count;
      continue;
    }
    let count: u32;
    let back: u32;
    if ((tag & 3) == 1) {
      if (from >= end) return -1;
      count = ((tag >> 2) & 7) + 4;
      back = ((tag >> 5) << 8) | <u32>load<u8>(from);
      from += 1;
    } else if ((tag & 3) == 2) {
      if (end - from < 2) return -1;
      count = (tag >> 2) + 1;
      back = <u32>load<u16>(from);
      from += 2;
    } else {
      if (end - from < 4) return -1;
      count = (tag >> 2) + 1;
      back = load<u32>(from);
      from += 4;
    }
    if (back == 0 || back > <u32>(to - target) || count > <u32>(full - to)) return -1;
    repeat(to, back, count);
    to += count;
  }
  return to == full ? 0 : -1;
}

/** Writes `count` bytes, at most 64, that stand `back` before `to`. */
// @ts-ignore: decorator
@inline
function repeat(to: usize, back: u32, count: u32): void {
  let from = to - back;
  if (back >= 16) {
    copy16(to, from);
    for (let done: u32 = 16; done < count; done += 16) copy16(to + done, from + done);
  } else if (back >= 8) {
    store<u64>(to, load<u64>(from));
    for (let done: u32 = 8; done < count; done += 8) store<u64>(to + done, load<u64>(from + done));
  } else {
    for (let done: u32 = 0; done < count; done++) store<u8>(to + done, load<u8>(from + done));
  }
}

// @ts-ignore: decorator
@inline
function hashOf(word: u32, shift: u32): u32 {
  return (word * 0x1e35a7bd) >> shift;
}

// @ts-ignore: decorator
@inline
function putLiteral(to: usize, from: usize, count: u32): usize {
  const last = count - 1;
  if (last < 60) {
    store<u8>(to++, <u8>(last << 2));
  } else if (last < 256) {
    store<u8>(to, 60 << 2);
    store<u8>(to, <u8>last, 1);
    to += 2;
  } else {
    store<u8>(to, 61 << 2);
    store<u16>(to, <u16>last, 1);
    to += 3;
  }
  if (count <= 32) {
    copy16(to, from);
    if (count > 16) copy16(to + 16, from + 16);
  } else copyLong(to, from, count);
  return to + count;
}

// @ts-ignore: decorator
@inline
function putCopy(to: usize, back: u32, count: u32): usize {
  while (count >= 68) {
    store<u8>(to, (63 << 2) | 2);
    store<u16>(to, <u16>back, 1);
    to += 3;
    count -= 64;
  }
  if (count > 64) {
    store<u8>(to, (59 << 2) | 2);
    store<u16>(to, <u16>back, 1);
    to += 3;
    count -= 60;
  }
  if (count < 12 && back < 2048) {
    store<u8>(to, <u8>(((count - 4) << 2) | 1 | ((back >> 8) << 5)));
    store<u8>(to, <u8>back, 1);
    return to + 2;
  }
  store<u8>(to, <u8>(((count - 1) << 2) | 2));
  store<u16>(to, <u16>back, 1);
  return to + 3;
}

/** How many bytes from `b` on equal those from `a` on, up to `end`. */
// @ts-ignore: decorator
@inline
function equalBytes(a: usize, b: usize, end: usize): u32 {
  const start = b;
  while (b + 8 <= end) {
    const difference = load<u64>(a) ^ load<u64>(b);
    if (difference != 0) return <u32>(b - start) + <u32>(ctz(difference) >> 3);
    a += 8;
    b += 8;
  }
  while (b < end && load<u8>(a) == load<u8>(b)) {
    a++;
    b++;
  }
  return <u32>(b - start);
}

/** `table` holds 2^14 numbers of 16 bits. The target has room for 32 + length + length / 6 bytes. */
export function snappyEncode(source: usize, length: u32, target: usize, table: usize): u32 {
  let to = target;
  let rest = length;
  for (; rest >= 128; rest >>= 7) store<u8>(to++, <u8>(rest | 128));
  store<u8>(to++, <u8>rest);
  for (let done: u32 = 0; done < length; done += FRAGMENT) {
    to = putFragment(source + done, min(FRAGMENT, length - done), to, table);
  }
  return <u32>(to - target);
}

/** What is left over as a literal. */
// @ts-ignore: decorator
@inline
function putRest(to: usize, literal: usize, end: usize): usize {
  return literal < end ? putLiteral(to, literal, <u32>(end - literal)) : to;
}

function putFragment(base: usize, length: u32, to: usize, table: usize): usize {
  const end = base + length;
  if (length < 16) return putRest(to, base, end);
  let bits: u32 = 8;
  while (bits < TABLE_BITS && <u32>1 << bits < length) bits++;
  const shift = 32 - bits;
  memory.fill(table, 0, <usize>2 << bits);
  const limit = end - 15;
  let literal = base;
  let at = base + 1;
  let hash = hashOf(load<u32>(at), shift);
  while (true) {
    // The longer nothing is found, the wider the steps.
    let skip: u32 = 32;
    let next = at;
    let match: usize;
    do {
      at = next;
      const slot = table + (<usize>hash << 1);
      next = at + (skip >> 5);
      skip += skip >> 5;
      if (next > limit) return putRest(to, literal, end);
      hash = hashOf(load<u32>(next), shift);
      match = base + <usize>load<u16>(slot);
      store<u16>(slot, <u16>(at - base));
    } while (load<u32>(at) != load<u32>(match));
    to = putLiteral(to, literal, <u32>(at - literal));
    do {
      const count = 4 + equalBytes(match + 4, at + 4, end);
      to = putCopy(to, <u32>(at - match), count);
      at += count;
      literal = at;
      if (at >= limit) return putRest(to, literal, end);
      store<u16>(table + (<usize>hashOf(load<u32>(at - 1), shift) << 1), <u16>(at - 1 - base));
      const slot = table + (<usize>hashOf(load<u32>(at), shift) << 1);
      match = base + <usize>load<u16>(slot);
      store<u16>(slot, <u16>(at - base));
    } while (load<u32>(at) == load<u32>(match));
    at++;
    hash = hashOf(load<u32>(at), shift);
  }
}
