import { assert } from '@ticklake/core';
import type { BytesValues } from '@ticklake/columnar';

/** Distinct byte strings, numbered in order of first appearance. Internal. */
export interface Interner {
  /** The number of the bytes `data[start … end]`, which are copied when they are new. */
  intern(data: Uint8Array, start: number, end: number): number;
  /** Every string, by number. */
  finish(): BytesValues;
}

/** An open-addressing table over one growing buffer: no object per entry. */
export function createInterner(): Interner {
  let offsets = new Uint32Array(16);
  let bytes = new Uint8Array(256);
  let hashes = new Int32Array(16);
  /** Entry number plus one, 0 where free; at most half full. */
  let slots = new Uint32Array(32);
  let count = 0;

  function intern(data: Uint8Array, start: number, end: number): number {
    const hash = hashOf(data, start, end);
    let slot = hash & (slots.length - 1);
    for (let entry = slots[slot] as number; entry > 0; entry = slots[slot] as number) {
      if (hashes[entry - 1] === hash && sameBytes(entry - 1, data, start, end)) return entry - 1;
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = count + 1;
    append(hash, data.subarray(start, end));
    return count - 1;
  }

  function sameBytes(entry: number, data: Uint8Array, start: number, end: number): boolean {
    const from = offsets[entry] as number;
    if ((offsets[entry + 1] as number) - from !== end - start) return false;
    for (let i = start; i < end; i++) if (data[i] !== bytes[from + i - start]) return false;
    return true;
  }

  function append(hash: number, value: Uint8Array): void {
    const start = offsets[count] as number;
    const end = start + value.length;
    assert(end <= 0xffff_ffff, 'a dictionary holds less than 4 GiB');
    if (end > bytes.length) bytes = copyInto(new Uint8Array(Math.max(end, bytes.length * 2)), bytes);
    if (count + 1 === offsets.length) offsets = copyInto(new Uint32Array(offsets.length * 2), offsets);
    if (count === hashes.length) hashes = copyInto(new Int32Array(hashes.length * 2), hashes);
    bytes.set(value, start);
    hashes[count++] = hash;
    offsets[count] = end;
    if (count * 2 >= slots.length) slots = rehashed(hashes, count, slots.length * 2);
  }

  return {
    intern,
    finish: () => ({ offsets: offsets.slice(0, count + 1), data: bytes.slice(0, offsets[count]) }),
  };
}

/** FNV-1a. Placement only: the numbers do not depend on it. */
function hashOf(data: Uint8Array, start: number, end: number): number {
  let hash = 0x811c_9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (data[i] as number), 0x0100_0193);
  return hash ^ (hash >>> 15);
}

function rehashed(hashes: Int32Array, count: number, size: number): Uint32Array<ArrayBuffer> {
  const slots = new Uint32Array(size);
  for (let entry = 0; entry < count; entry++) {
    let slot = (hashes[entry] as number) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = entry + 1;
  }
  return slots;
}

function copyInto<T extends { set(values: T): void }>(larger: T, values: T): T {
  larger.set(values);
  return larger;
}
