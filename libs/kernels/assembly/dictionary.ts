// Distinct values in order of first appearance. Values are equal when all their bits are.

// A dictionary, 48 bytes. Slots hold entry + 1, or 0 when free; only as many as the entries so far need are in use,
// and always a power of two. Memory is the caller's, for `most` entries: 4 * most slots or 1024, whichever is more.
const SLOTS: usize = 0;
const MASK: usize = 4;
const COUNT: usize = 8;
const MOST: usize = 12; // entries it may have
const PASSED: usize = 16; // occupied slots that insertions had to pass
const ENTRIES: usize = 20; // values, or offsets
const DATA: usize = 24; // of byte strings
const HASHES: usize = 28; // of byte strings, so that growing reads no bytes
const SIZE: usize = 32; // bytes of DATA in use
const ROOM: usize = 36; // bytes of DATA there are

const FULL: i32 = -1;
const FIRST_SLOTS: u32 = 256;
/**
 * Slots for each entry, while there is memory for more: where there are fewer than the least, they are widened. The fewer are taken, the
 * fewer are passed, which nobody foresees; but the slots of many entries are in no near cache then.
 */
const FEW_ENTRIES: u32 = 4096;
const LEAST_OF_FEW: u32 = 4;
const WIDENED_OF_FEW: u32 = 16;
const LEAST_OF_MANY: u32 = 2;
const WIDENED_OF_MANY: u32 = 4;
/** So many passed slots per entry are no chance: hashes were chosen to collide. */
const PASSED_MAX: u32 = 8;
const PASSED_FREE: u32 = 4096;

export function dictionaryOpen(state: usize, slots: usize, entries: usize, most: u32): void {
  store<u32>(state, <u32>slots, SLOTS);
  store<u32>(state, FIRST_SLOTS - 1, MASK);
  store<u32>(state, 0, COUNT);
  store<u32>(state, most, MOST);
  store<u32>(state, 0, PASSED);
  store<u32>(state, <u32>entries, ENTRIES);
  memory.fill(slots, 0, FIRST_SLOTS << 2);
}

export function dictionaryOpenBytes(
  state: usize,
  slots: usize,
  offsets: usize,
  hashes: usize,
  most: u32,
  data: usize,
  room: u32,
): void {
  dictionaryOpen(state, slots, offsets, most);
  store<u32>(offsets, 0);
  store<u32>(state, <u32>data, DATA);
  store<u32>(state, <u32>hashes, HASHES);
  store<u32>(state, 0, SIZE);
  store<u32>(state, room, ROOM);
}

export function dictionaryCount(state: usize): u32 {
  return load<u32>(state, COUNT);
}

// @ts-ignore: decorator
@inline
function hash64(value: u64): u32 {
  const product = (value ^ (value >> 32)) * 0x9e3779b97f4a7c15;
  return <u32>(product >> 32) ^ <u32>(product >> 15);
}

// @ts-ignore: decorator
@inline
function hashOf<T>(value: T): u32 {
  return hash64(<u64>value);
}

/** Empties slots for so many entries, where there are to be more than there are: returns whether. */
// @ts-ignore: decorator
@inline
function widenSlots(state: usize, entryCount: u32): bool {
  const before = load<u32>(state, MASK);
  const areFew = entryCount <= FEW_ENTRIES;
  if (entryCount * (areFew ? LEAST_OF_FEW : LEAST_OF_MANY) <= before) return false;
  const wanted = entryCount * (areFew ? WIDENED_OF_FEW : WIDENED_OF_MANY);
  const most = load<u32>(state, MOST);
  let mask = before;
  while (mask < wanted && mask <= most * 2) mask = mask * 2 + 1;
  if (mask == before) return false;
  store<u32>(state, mask, MASK);
  memory.fill(<usize>load<u32>(state, SLOTS), 0, (<usize>mask + 1) << 2);
  return true;
}

/** Slots for so many entries, where there are not enough. That is so rarely, so that entries are put in again a few times only. */
// @ts-ignore: decorator
@inline
function reserve<T>(state: usize, entryCount: u32): void {
  if (widenSlots(state, entryCount)) fillSlots<T>(state);
}

function fillSlots<T>(state: usize): void {
  const slots: usize = load<u32>(state, SLOTS);
  const entries: usize = load<u32>(state, ENTRIES);
  const count = load<u32>(state, COUNT);
  const mask = load<u32>(state, MASK);
  for (let entry: u32 = 0; entry < count; entry++) {
    let slot = hashOf<T>(load<T>(entries + <usize>entry * sizeof<T>())) & mask;
    while (load<u32>(slots + (<usize>slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + (<usize>slot << 2), entry + 1);
  }
}

/** The entry + 1 that a value is; 0 when the dictionary is given up. */
function entryOf<T>(state: usize, value: T): u32 {
  const slots: usize = load<u32>(state, SLOTS);
  const entries: usize = load<u32>(state, ENTRIES);
  const mask = load<u32>(state, MASK);
  let slot = hashOf<T>(value) & mask;
  let entry = load<u32>(slots + (<usize>slot << 2));
  let passed: u32 = 0;
  while (entry != 0) {
    if (load<T>(entries + <usize>(entry - 1) * sizeof<T>()) == value) return entry;
    slot = (slot + 1) & mask;
    entry = load<u32>(slots + (<usize>slot << 2));
    passed++;
  }
  const known = load<u32>(state, COUNT);
  const allPassed = load<u32>(state, PASSED) + passed;
  store<u32>(state, allPassed, PASSED);
  if (known == load<u32>(state, MOST) || allPassed > known * PASSED_MAX + PASSED_FREE) return 0;
  store<T>(entries + <usize>known * sizeof<T>(), value);
  store<u32>(slots + (<usize>slot << 2), known + 1);
  store<u32>(state, known + 1, COUNT);
  reserve<T>(state, known + 1);
  return known + 1;
}

// @ts-ignore: decorator
@inline
function intern<T>(state: usize, values: usize, count: u32, codes: usize): i32 {
  const slots: usize = load<u32>(state, SLOTS);
  const entries: usize = load<u32>(state, ENTRIES);
  let mask = load<u32>(state, MASK);
  let last: u32 = 0;
  let lastValue: T = 0;
  for (let i: u32 = 0; i < count; i++, values += sizeof<T>()) {
    const value = load<T>(values);
    // Quantities, prices and versions repeat from row to row.
    if (last == 0 || value != lastValue) {
      lastValue = value;
      // Most are found where they are looked for first.
      last = load<u32>(slots + (<usize>(hashOf<T>(value) & mask) << 2));
      if (last == 0 || load<T>(entries + <usize>(last - 1) * sizeof<T>()) != value) {
        last = entryOf<T>(state, value);
        if (last == 0) return FULL;
        mask = load<u32>(state, MASK);
      }
    }
    store<u32>(codes + (<usize>i << 2), last - 1);
  }
  return 0;
}

export function intern64(state: usize, values: usize, count: u32, codes: usize): i32 {
  return intern<u64>(state, values, count, codes);
}

export function intern32(state: usize, values: usize, count: u32, codes: usize): i32 {
  return intern<u32>(state, values, count, codes);
}

/** So many rows are numbered the way that suits the ones before them. */
const BLOCK_ROWS: u32 = 512;

/**
 * Codes to codes from `known` on in order of first appearance, in place, those that `map` knows to what it says; returns how many are
 * new, which go to `order`. `map` holds a zero for every old code that has not appeared.
 */
function numberCodes(codes: usize, count: u32, validity: usize, map: usize, known: u32, order: usize): u32 {
  let fresh: u32 = 0;
  let areMixed = true;
  for (let done: u32 = 0; done < count; done += BLOCK_ROWS) {
    const at = codes + (<usize>done << 2);
    const rows = min(BLOCK_ROWS, count - done);
    const to = order + (<usize>fresh << 2);
    const more =
      validity != 0
        ? numberPresent(at, rows, validity + done, map, known + fresh, to)
        : areMixed
          ? numberMixed(at, rows, map, known + fresh, to)
          : numberPresent(at, rows, 0, map, known + fresh, to);
    areMixed = more > rows >> 4;
    fresh += more;
  }
  return fresh;
}

// @ts-ignore: decorator
@inline
function numberPresent(codes: usize, count: u32, validity: usize, map: usize, known: u32, order: usize): u32 {
  const first = known;
  for (let i: u32 = 0; i < count; i++, codes += 4) {
    if (validity != 0 && load<u8>(validity + i) == 0) continue;
    const code = load<u32>(codes);
    const at = map + (<usize>code << 2);
    let next = load<u32>(at);
    if (next == 0) {
      store<u32>(order + (<usize>(known - first) << 2), code);
      next = ++known;
      store<u32>(at, next);
    }
    store<u32>(codes, next - 1);
  }
  return known - first;
}

/** The same where many codes are new, which nobody can predict: without a branch, for what is new is 0 until now. */
// @ts-ignore: decorator
@inline
function numberMixed(codes: usize, count: u32, map: usize, known: u32, order: usize): u32 {
  const first = known;
  for (const end = codes + (<usize>count << 2); codes < end; codes += 4) {
    const code = load<u32>(codes);
    const at = map + (<usize>code << 2);
    const before = load<u32>(at);
    store<u32>(order + (<usize>(known - first) << 2), code);
    const isNew = <u32>(before == 0);
    known += isNew;
    const next = before | (known & (0 - isNew));
    store<u32>(at, next);
    store<u32>(codes, next - 1);
  }
  return known - first;
}

// @ts-ignore: decorator
@inline
function internCodes<T>(
  state: usize,
  table: usize,
  map: usize,
  codes: usize,
  count: u32,
  validity: usize,
  order: usize,
): i32 {
  // Numbered first as if all values were new, which those of a first table are: then no row is looked at again.
  const known = load<u32>(state, COUNT);
  const fresh = numberCodes(codes, count, validity, map, known, order);
  reserve<T>(state, known + fresh);
  let areNew = true;
  for (let i: u32 = 0; i < fresh; i++) {
    const code = <usize>load<u32>(order + (<usize>i << 2));
    const entry = entryOf<T>(state, load<T>(table + code * sizeof<T>()));
    if (entry == 0) return FULL;
    store<u32>(map + (code << 2), entry);
    areNew = areNew && entry == known + i + 1;
  }
  if (areNew) return 0;
  for (let at = order; at < order + (<usize>fresh << 2); at += 4) {
    store<u32>(at, load<u32>(map + (<usize>load<u32>(at) << 2)) - 1);
  }
  const end = codes + (<usize>count << 2);
  for (; codes < end; codes += 4) {
    const code = load<u32>(codes);
    const isNew = 0 - <u32>(code >= known);
    const entry = load<u32>(order + (<usize>((code - known) & isNew) << 2));
    store<u32>(codes, (entry & isNew) | (code & ~isNew));
  }
  return 0;
}

export function internCodes64(
  state: usize,
  table: usize,
  map: usize,
  codes: usize,
  count: u32,
  validity: usize,
  order: usize,
): i32 {
  return internCodes<u64>(state, table, map, codes, count, validity, order);
}

export function internCodes32(
  state: usize,
  table: usize,
  map: usize,
  codes: usize,
  count: u32,
  validity: usize,
  order: usize,
): i32 {
  return internCodes<u32>(state, table, map, codes, count, validity, order);
}

function hashBytes(at: usize, length: u32): u32 {
  let hash: u64 = length;
  let left = length;
  for (; left >= 8; left -= 8, at += 8) {
    hash = (hash ^ load<u64>(at)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  if (left > 0) hash = (hash ^ (load<u64>(at) & ((<u64>1 << (<u64>left << 3)) - 1))) * 0x9e3779b97f4a7c15;
  return hash64(hash);
}

function equalBytes(a: usize, b: usize, length: u32): bool {
  let left = length;
  for (; left >= 8; left -= 8, a += 8, b += 8) if (load<u64>(a) != load<u64>(b)) return false;
  if (left == 0) return true;
  return ((load<u64>(a) ^ load<u64>(b)) & ((<u64>1 << (<u64>left << 3)) - 1)) == 0;
}

function fillSlotsOfBytes(state: usize): void {
  const slots: usize = load<u32>(state, SLOTS);
  const hashes: usize = load<u32>(state, HASHES);
  const count = load<u32>(state, COUNT);
  const mask = load<u32>(state, MASK);
  for (let entry: u32 = 0; entry < count; entry++) {
    let slot = load<u32>(hashes + (<usize>entry << 2)) & mask;
    while (load<u32>(slots + (<usize>slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + (<usize>slot << 2), entry + 1);
  }
}

export function internBytes(state: usize, offsets: usize, data: usize, count: u32, codes: usize): i32 {
  const slots: usize = load<u32>(state, SLOTS);
  const entries: usize = load<u32>(state, ENTRIES);
  const known: usize = load<u32>(state, DATA);
  const hashes: usize = load<u32>(state, HASHES);
  for (let i: u32 = 0; i < count; i++, offsets += 4) {
    const start = load<u32>(offsets);
    const length = load<u32>(offsets, 4) - start;
    const value = data + start;
    const hash = hashBytes(value, length);
    const mask = load<u32>(state, MASK);
    let slot = hash & mask;
    let entry = load<u32>(slots + (<usize>slot << 2));
    let passed: u32 = 0;
    while (entry != 0) {
      const at = entries + (<usize>(entry - 1) << 2);
      const from = load<u32>(at);
      if (
        load<u32>(hashes + (<usize>(entry - 1) << 2)) == hash &&
        load<u32>(at, 4) - from == length &&
        equalBytes(known + from, value, length)
      ) break;
      slot = (slot + 1) & mask;
      entry = load<u32>(slots + (<usize>slot << 2));
      passed++;
    }
    if (entry == 0) {
      entry = addBytes(state, value, length, hash, slot, passed);
      if (entry == 0) return FULL;
    }
    store<u32>(codes + (<usize>i << 2), entry - 1);
  }
  return 0;
}

/** The new entry + 1; 0 when there is no room for it. */
function addBytes(state: usize, value: usize, length: u32, hash: u32, slot: u32, passed: u32): u32 {
  const count = load<u32>(state, COUNT);
  const size = load<u32>(state, SIZE);
  const allPassed = load<u32>(state, PASSED) + passed;
  store<u32>(state, allPassed, PASSED);
  if (count == load<u32>(state, MOST) || length > load<u32>(state, ROOM) - size) return 0;
  if (allPassed > count * PASSED_MAX + PASSED_FREE) return 0;
  memory.copy(<usize>load<u32>(state, DATA) + size, value, length);
  store<u32>(state, size + length, SIZE);
  store<u32>(<usize>load<u32>(state, ENTRIES) + ((<usize>count + 1) << 2), size + length);
  store<u32>(<usize>load<u32>(state, HASHES) + (<usize>count << 2), hash);
  store<u32>(<usize>load<u32>(state, SLOTS) + (<usize>slot << 2), count + 1);
  store<u32>(state, count + 1, COUNT);
  if (widenSlots(state, count + 1)) fillSlotsOfBytes(state);
  return count + 1;
}

/** Codes to codes in order of first appearance, in place, and back to the old ones in `order`. */
export function renumber(codes: usize, count: u32, map: usize, order: usize): u32 {
  return numberCodes(codes, count, 0, map, 0, order);
}
