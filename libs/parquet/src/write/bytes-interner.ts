import { createByteBuffer, reserve, type ByteBuffer } from './byte-buffer.js';

/** Distinct byte strings in order of first appearance; entry `i` is `data[offsets[i] … offsets[i + 1])`. */
export interface BytesInterner {
  readonly data: ByteBuffer;
  offsets: Uint32Array;
  entryCount: number;
  /** Slots of a hash table with linear probing: entry + 1, or 0 when free. */
  slots: Int32Array;
  /** Hash of each entry, so that growing the table reads no bytes. */
  hashes: Int32Array;
  /** Occupied slots that insertions had to pass. Grows fast only when hashes were chosen to collide. */
  collisionCount: number;
}

/** Once, because a global is slow to look up where a module runs in a sandbox. */
const { imul } = Math;

const SLOTS_MIN = 256;

/** An empty dictionary. */
export function createBytesInterner(): BytesInterner {
  return {
    data: createByteBuffer(1024),
    offsets: new Uint32Array(SLOTS_MIN / 2 + 1),
    entryCount: 0,
    slots: new Int32Array(SLOTS_MIN),
    hashes: new Int32Array(SLOTS_MIN / 2),
    collisionCount: 0,
  };
}

/** Forgets every entry and keeps the memory. */
export function clearInterner(interner: BytesInterner): void {
  interner.data.length = 0;
  interner.entryCount = 0;
  interner.collisionCount = 0;
  interner.slots.fill(0);
}

/** The entry equal to `bytes[start … end)`, which is added when there is none yet. */
export function internBytes(interner: BytesInterner, bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = imul(hash ^ (bytes[i] as number), 0x01000193);
  hash = imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 13;
  const mask = interner.slots.length - 1;
  let slot = hash & mask;
  let passed = 0;
  for (;;) {
    const entry = (interner.slots[slot] as number) - 1;
    if (entry < 0) break;
    if (interner.hashes[entry] === hash && equals(interner, entry, bytes, start, end)) return entry;
    slot = (slot + 1) & mask;
    passed++;
  }
  interner.collisionCount += passed;
  return addEntry(interner, bytes, { start, end, hash, slot });
}

function equals(
  interner: BytesInterner,
  entry: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const from = interner.offsets[entry] as number;
  const length = end - start;
  if ((interner.offsets[entry + 1] as number) - from !== length) return false;
  const known = interner.data.bytes;
  for (let i = 0; i < length; i++) if (known[from + i] !== bytes[start + i]) return false;
  return true;
}

function addEntry(
  interner: BytesInterner,
  bytes: Uint8Array,
  place: { readonly start: number; readonly end: number; readonly hash: number; readonly slot: number },
): number {
  const { start, end, hash, slot } = place;
  const entry = interner.entryCount;
  const { data } = interner;
  reserve(data, end - start);
  const { bytes: known } = data;
  for (let i = start; i < end; i++) known[data.length++] = bytes[i] as number;
  interner.offsets[entry + 1] = data.length;
  interner.hashes[entry] = hash;
  interner.slots[slot] = entry + 1;
  interner.entryCount = entry + 1;
  if (interner.entryCount * 2 >= interner.slots.length) grow(interner);
  return entry;
}

function grow(interner: BytesInterner): void {
  const slots = new Int32Array(interner.slots.length * 2);
  const hashes = new Int32Array(slots.length / 2);
  hashes.set(interner.hashes);
  const offsets = new Uint32Array(slots.length / 2 + 1);
  offsets.set(interner.offsets);
  const mask = slots.length - 1;
  for (let entry = 0; entry < interner.entryCount; entry++) {
    let slot = (hashes[entry] as number) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
  }
  interner.slots = slots;
  interner.hashes = hashes;
  interner.offsets = offsets;
}
