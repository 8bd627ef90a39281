import type { SnappyKernels } from '../contract/snappy-kernels.js';
import type { ViewMemory, Views } from './views.js';

const { imul } = Math;
const FRAGMENT = 65_536;
const TABLE_BITS = 14;

/** The snappy kernels. */
export function portableSnappy(view: ViewMemory): SnappyKernels {
  return {
    snappyDecode: (source, length, target, size) =>
      decode(view().u8, { from: source, end: source + length, target, size }) ? 0 : -1,
    snappyEncode(source, length, target, table) {
      const views = view();
      let to = target;
      let rest = length;
      for (; rest >= 128; rest >>>= 7) views.u8[to++] = rest | 128;
      views.u8[to++] = rest;
      for (let done = 0; done < length; done += FRAGMENT) {
        to = putFragment(views, {
          base: source + done,
          length: Math.min(FRAGMENT, length - done),
          to,
          table,
        });
      }
      return to - target;
    },
  };
}

interface Block {
  from: number;
  readonly end: number;
  readonly target: number;
  readonly size: number;
}

function decode(u8: Uint8Array, block: Block): boolean {
  if (statedSize(u8, block) !== block.size) return false;
  const { end, target, size } = block;
  let { from } = block;
  let to = target;
  const full = target + size;
  while (from < end) {
    const tag = u8[from++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      let count = (tag >> 2) + 1;
      if (count > 60) {
        const extra = count - 60;
        if (end - from < extra) return false;
        count = littleEndian(u8, from, extra) + 1;
        from += extra;
      }
      if (end - from < count || full - to < count) return false;
      u8.copyWithin(to, from, from + count);
      from += count;
      to += count;
      continue;
    }
    const extra = kind === 3 ? 4 : kind;
    if (end - from < extra) return false;
    const low = littleEndian(u8, from, extra);
    from += extra;
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = kind === 1 ? ((tag >> 5) << 8) | low : low;
    if (back === 0 || back > to - target || count > full - to) return false;
    for (let i = 0; i < count; i++) u8[to + i] = u8[to + i - back] as number;
    to += count;
  }
  return to === full;
}

/** The varint that opens a block; `undefined` when it is cut off or longer than five bytes. */
function statedSize(u8: Uint8Array, block: Block): number | undefined {
  let size = 0;
  for (let i = 0; i < 5; i++) {
    if (block.from >= block.end) return undefined;
    const byte = u8[block.from++] as number;
    size += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return size;
  }
  return undefined;
}

function littleEndian(u8: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value += (u8[at + i] as number) * 2 ** (8 * i);
  return value;
}

function hashOf(any: DataView, at: number, shift: number): number {
  return imul(any.getInt32(at, true), 0x1e35a7bd) >>> shift;
}

function putFragment(
  { u8, any }: Views,
  fragment: { readonly base: number; readonly length: number; readonly to: number; readonly table: number },
): number {
  const { base, length, table } = fragment;
  const end = base + length;
  if (length < 16) return putLiteral(u8, fragment.to, base, end);
  let bits = 8;
  while (bits < TABLE_BITS && 1 << bits < length) bits++;
  const shift = 32 - bits;
  u8.fill(0, table, table + (2 << bits));
  const limit = end - 15;
  let to = fragment.to;
  let literal = base;
  let at = base + 1;
  let hash = hashOf(any, at, shift);
  for (;;) {
    let skip = 32;
    let next = at;
    let match;
    do {
      at = next;
      const slot = table + 2 * hash;
      next = at + (skip >> 5);
      skip += skip >> 5;
      if (next > limit) return putLiteral(u8, to, literal, end);
      hash = hashOf(any, next, shift);
      match = base + any.getUint16(slot, true);
      any.setUint16(slot, at - base, true);
    } while (any.getInt32(at, true) !== any.getInt32(match, true));
    to = putLiteral(u8, to, literal, at);
    do {
      let count = 4;
      while (at + count < end && u8[match + count] === u8[at + count]) count++;
      to = putCopy(u8, to, at - match, count);
      at += count;
      literal = at;
      if (at >= limit) return putLiteral(u8, to, literal, end);
      any.setUint16(table + 2 * hashOf(any, at - 1, shift), at - 1 - base, true);
      const slot = table + 2 * hashOf(any, at, shift);
      match = base + any.getUint16(slot, true);
      any.setUint16(slot, at - base, true);
    } while (any.getInt32(at, true) === any.getInt32(match, true));
    at++;
    hash = hashOf(any, at, shift);
  }
}

/** Bytes `from … end` as they are; nothing where there are none. */
function putLiteral(u8: Uint8Array, start: number, from: number, end: number): number {
  let to = start;
  if (from === end) return to;
  const last = end - from - 1;
  if (last < 60) u8[to++] = last << 2;
  else {
    const extra = last < 256 ? 1 : 2;
    u8[to++] = (59 + extra) << 2;
    for (let i = 0; i < extra; i++) u8[to++] = last >> (8 * i);
  }
  u8.copyWithin(to, from, end);
  return to + last + 1;
}

function putCopy(u8: Uint8Array, start: number, back: number, length: number): number {
  let to = start;
  let count = length;
  const putLong = (part: number) => {
    u8[to] = ((part - 1) << 2) | 2;
    u8[to + 1] = back;
    u8[to + 2] = back >> 8;
    to += 3;
    count -= part;
  };
  while (count >= 68) putLong(64);
  if (count > 64) putLong(60);
  if (count >= 12 || back >= 2048) {
    putLong(count);
    return to;
  }
  u8[to] = ((count - 4) << 2) | 1 | ((back >> 8) << 5);
  u8[to + 1] = back;
  return to + 2;
}
