// Values moved by number, spread over rows, drawn together, widened and narrowed.

/** Four values a step: a third of the time that single ones take. */
// @ts-ignore: decorator
@inline
function gather<T>(table: usize, rows: usize, count: u32, to: usize): void {
  const end = rows + (<usize>count << 2);
  for (; rows + 16 <= end; rows += 16, to += 4 * sizeof<T>()) {
    const first = load<T>(table + <usize>load<u32>(rows) * sizeof<T>());
    const second = load<T>(table + <usize>load<u32>(rows, 4) * sizeof<T>());
    const third = load<T>(table + <usize>load<u32>(rows, 8) * sizeof<T>());
    const fourth = load<T>(table + <usize>load<u32>(rows, 12) * sizeof<T>());
    store<T>(to, first);
    store<T>(to, second, sizeof<T>());
    store<T>(to, third, 2 * sizeof<T>());
    store<T>(to, fourth, 3 * sizeof<T>());
  }
  for (; rows < end; rows += 4, to += sizeof<T>()) {
    store<T>(to, load<T>(table + <usize>load<u32>(rows) * sizeof<T>()));
  }
}

export function gather8(table: usize, rows: usize, count: u32, to: usize): void {
  gather<u8>(table, rows, count, to);
}

export function gather16(table: usize, rows: usize, count: u32, to: usize): void {
  gather<u16>(table, rows, count, to);
}

export function gather32(table: usize, rows: usize, count: u32, to: usize): void {
  gather<u32>(table, rows, count, to);
}

export function gather64(table: usize, rows: usize, count: u32, to: usize): void {
  gather<u64>(table, rows, count, to);
}

export function gather128(table: usize, rows: usize, count: u32, to: usize): void {
  const end = rows + (<usize>count << 2);
  for (; rows < end; rows += 4, to += 16) {
    v128.store(to, v128.load(table + (<usize>load<u32>(rows) << 4)));
  }
}

/** The offsets of the values, then their bytes; returns how many. `into` is 0 to learn only how many. */
export function gatherBytes(
  offsets: usize,
  data: usize,
  rows: usize,
  count: u32,
  toOffsets: usize,
  into: usize,
): f64 {
  let size: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = offsets + (<usize>load<u32>(rows + (<usize>i << 2)) << 2);
    const start = load<u32>(at);
    const length = load<u32>(at, 4) - start;
    if (into != 0) {
      store<u32>(toOffsets + (<usize>i << 2), <u32>size);
      copyBytes(into + <usize>size, data + start, length);
    }
    size += length;
  }
  if (into != 0) store<u32>(toOffsets + (<usize>count << 2), <u32>size);
  return <f64>size;
}

/** Copies `length` bytes; writes and reads up to 15 more. */
// @ts-ignore: decorator
@inline
function copyBytes(to: usize, from: usize, length: u32): void {
  if (length > 64) {
    memory.copy(to, from, length);
    return;
  }
  for (let done: u32 = 0; done < length; done += 16) v128.store(to + done, v128.load(from + done));
}

// @ts-ignore: decorator
@inline
function spread<T>(values: usize, validity: usize, rows: u32, to: usize): void {
  for (let row: u32 = 0; row < rows; row++, to += sizeof<T>()) {
    const present = <usize>load<u8>(validity + row);
    store<T>(to, present != 0 ? load<T>(values) : <T>0);
    values += present * sizeof<T>();
  }
}

export function spread32(values: usize, validity: usize, rows: u32, to: usize): void {
  spread<u32>(values, validity, rows, to);
}

export function spread64(values: usize, validity: usize, rows: u32, to: usize): void {
  spread<u64>(values, validity, rows, to);
}

// @ts-ignore: decorator
@inline
function draw<T>(values: usize, validity: usize, rows: u32, to: usize): u32 {
  const start = to;
  for (let row: u32 = 0; row < rows; row++, values += sizeof<T>()) {
    store<T>(to, load<T>(values));
    to += <usize>load<u8>(validity + row) * sizeof<T>();
  }
  return <u32>((to - start) / sizeof<T>());
}

export function draw32(values: usize, validity: usize, rows: u32, to: usize): u32 {
  return draw<u32>(values, validity, rows, to);
}

export function draw64(values: usize, validity: usize, rows: u32, to: usize): u32 {
  return draw<u64>(values, validity, rows, to);
}

/** 8 or 16 bits each, with or without a sign, to 32. */
export function widen(values: usize, count: u32, bits: u32, signed: bool, to: usize): void {
  const end = to + (<usize>count << 2);
  if (bits == 8) {
    if (signed) for (; to < end; to += 4, values += 1) store<i32>(to, <i32>load<i8>(values));
    else for (; to < end; to += 4, values += 1) store<u32>(to, <u32>load<u8>(values));
  } else if (signed) for (; to < end; to += 4, values += 2) store<i32>(to, <i32>load<i16>(values));
  else for (; to < end; to += 4, values += 2) store<u32>(to, <u32>load<u16>(values));
}

/** The reverse of {@link widen}; returns the position of the first value that does not fit, or `count`. */
export function narrow(values: usize, count: u32, bits: u32, signed: bool, to: usize): u32 {
  for (let i: u32 = 0; i < count; i++, values += 4) {
    const value = load<i32>(values);
    if (bits == 8) {
      if (value != (signed ? <i32>(<i8>value) : <i32>(<u8>value))) return i;
      store<u8>(to + i, <u8>value);
    } else {
      if (value != (signed ? <i32>(<i16>value) : <i32>(<u16>value))) return i;
      store<u16>(to + (<usize>i << 1), <u16>value);
    }
  }
  return count;
}

/** Values `from … from + count` of byte-stream-split ones, of which there are `stride`. */
export function joinBytes(streams: usize, stride: u32, from: u32, count: u32, size: u32, to: usize): void {
  streams += from;
  if (size == 8) {
    for (let i: u32 = 0; i < count; i++, to += 8) {
      let value: u64 = 0;
      let at = streams + i + <usize>stride * 7;
      for (let k = 0; k < 8; k++, at -= stride) value = (value << 8) | <u64>load<u8>(at);
      store<u64>(to, value);
    }
    return;
  }
  for (let i: u32 = 0; i < count; i++, to += 4) {
    let value: u32 = 0;
    let at = streams + i + <usize>stride * 3;
    for (let k = 0; k < 4; k++, at -= stride) value = (value << 8) | <u32>load<u8>(at);
    store<u32>(to, value);
  }
}

/** Bits, least significant first, as bytes of 0 or 1, from bit `from` on. */
export function unpackBits(bits: usize, from: u32, count: u32, to: usize): void {
  for (let i = from; i < from + count; i++, to++) store<u8>(to, (load<u8>(bits + (i >> 3)) >> <u8>(i & 7)) & 1);
}

/** Bytes of 0 or other as bits; the last byte is filled up with zeros. */
export function packBits(values: usize, count: u32, to: usize): void {
  for (let i: u32 = 0; i < count; i += 8, to++) {
    let byte: u32 = 0;
    const left = min(<u32>8, count - i);
    for (let k: u32 = 0; k < left; k++) if (load<u8>(values + i + k) != 0) byte |= 1 << k;
    store<u8>(to, <u8>byte);
  }
}

/** 1 where a level is the highest, else 0; returns how many are. */
export function presentAt(levels: usize, count: u32, highest: u32, to: usize): u32 {
  let present: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const is = <u32>(load<u32>(levels + (<usize>i << 2)) == highest);
    store<u8>(to + i, <u8>is);
    present += is;
  }
  return present;
}

/** `first`, `first + 1`, … */
export function count64(first: f64, count: u32, to: usize): void {
  const end = to + (<usize>count << 3);
  for (let value = <i64>first; to < end; to += 8, value++) store<i64>(to, value);
}

export function moveBytes(from: usize, to: usize, size: usize): void {
  memory.copy(to, from, size);
}

export function fillBytes(to: usize, size: usize, value: u8): void {
  memory.fill(to, value, size);
}

/** Adds `amount` to each of `count` words. */
export function shift32(values: usize, count: u32, amount: u32): void {
  const end = values + (<usize>count << 2);
  const four = i32x4.splat(amount);
  for (; values + 16 <= end; values += 16) v128.store(values, i32x4.add(v128.load(values), four));
  for (; values < end; values += 4) store<u32>(values, load<u32>(values) + amount);
}
