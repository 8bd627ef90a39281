import { HYBRID_PROBLEM, type HybridKernels } from '../contract/hybrid-kernels.js';
import type { ViewMemory, Views } from './views.js';

/** Words of a reader's state. */
const AT = 0;
const END = 1;
const WIDTH = 2;
const LEFT = 3;
const RUN = 4;
const PACKED = 5;
const VALUE = 6;
const INDEX = 7;

const GROUP = 8;

/** The hybrid kernels. */
export function portableHybrid(view: ViewMemory): HybridKernels {
  return {
    hybridOpen(state, at, end, width, count) {
      view().u32.set([at, end, width, count, 0], state >> 2);
    },
    hybridEnd: (state) => view().u32[(state >> 2) + AT] as number,
    hybridRead(state, count, limit, target) {
      const views = view();
      const { u32 } = views;
      const s = state >> 2;
      const width = u32[s + WIDTH] as number;
      const end = (target >> 2) + count;
      let to = target >> 2;
      if (width === 0) {
        if (count > 0 && limit === 0) return HYBRID_PROBLEM.OVER_LIMIT;
        u32.fill(0, to, end);
        return 0;
      }
      while (to < end) {
        const problem = u32[s + RUN] === 0 ? openRun(views, s) : 0;
        if (problem < 0) return problem;
        const part = Math.min(u32[s + RUN] as number, end - to);
        if (u32[s + PACKED] === 0) u32.fill(u32[s + VALUE] as number, to, to + part);
        else unpack(views, s, to, part);
        for (let i = to; i < to + part; i++) {
          if ((u32[i] as number) >= limit) return HYBRID_PROBLEM.OVER_LIMIT;
        }
        u32[s + RUN] = (u32[s + RUN] as number) - part;
        u32[s + LEFT] = (u32[s + LEFT] as number) - part;
        to += part;
      }
      return 0;
    },
    hybridWrite: (codes, count, width, target) =>
      writeRuns(view(), { start: codes >> 2, end: (codes >> 2) + count, width, target }),
  };
}

/** Reads the head of the next run and steps over its bytes. */
function openRun({ u32, u8 }: Views, s: number): number {
  let at = u32[s + AT] as number;
  const end = u32[s + END] as number;
  const width = u32[s + WIDTH] as number;
  const left = u32[s + LEFT] as number;
  let head = 0;
  for (let shift = 0; ; shift += 7) {
    if (at >= end || shift >= 35) return HYBRID_PROBLEM.BAD_NUMBER;
    const byte = u8[at++] as number;
    // What is beyond 32 bits would be lost, and a large number pass for a small one.
    if (shift === 28 && byte > 15) return HYBRID_PROBLEM.BAD_NUMBER;
    head = (head | ((byte & 127) << shift)) >>> 0;
    if (byte < 128) break;
  }
  const length = head >>> 1;
  const room = end - at;
  if (length === 0) return HYBRID_PROBLEM.EMPTY_RUN;
  if ((head & 1) === 0) {
    const size = (width + 7) >> 3;
    if (size > room) return HYBRID_PROBLEM.CUT_RUN;
    if (length > left) return HYBRID_PROBLEM.LONG_RUN;
    let value = 0;
    for (let i = 0; i < size; i++) value |= (u8[at + i] as number) << (8 * i);
    u32[s + VALUE] = value;
    u32[s + PACKED] = 0;
    u32[s + RUN] = length;
    u32[s + AT] = at + size;
    return 0;
  }
  const used = Math.min(length * 8, left);
  const stored = length * width;
  if (Math.ceil((used * width) / 8) > room) return HYBRID_PROBLEM.CUT_RUN;
  if (length * 8 - used >= 8 && stored > room) return HYBRID_PROBLEM.CUT_RUN;
  u32[s + VALUE] = at;
  u32[s + INDEX] = 0;
  u32[s + PACKED] = 1;
  u32[s + RUN] = used;
  u32[s + AT] = at + Math.min(stored, room);
  return 0;
}

function unpack({ u32, u8 }: Views, s: number, to: number, count: number): void {
  const base = u32[s + VALUE] as number;
  const width = u32[s + WIDTH] as number;
  const index = u32[s + INDEX] as number;
  let bit = index * width;
  for (let i = to; i < to + count; i++, bit += width) {
    let from = base + Math.floor(bit / 8);
    const skip = bit % 8;
    // Up to 39 bits, which a double holds exactly.
    let window = 0;
    for (let got = 0, scale = 1; got < skip + width; got += 8, scale *= 256)
      window += (u8[from++] as number) * scale;
    u32[i] = Math.floor(window / 2 ** skip) % 2 ** width;
  }
  u32[s + INDEX] = index + count;
}

function putVarint(u8: Uint8Array, start: number, value: number): number {
  let to = start;
  let rest = value;
  for (; rest >= 128; rest >>>= 7) u8[to++] = rest | 128;
  u8[to] = rest;
  return to + 1;
}

interface Codes {
  readonly start: number;
  readonly end: number;
  readonly width: number;
  readonly target: number;
}

function writeRuns(views: Views, { start, end, width, target }: Codes): number {
  const { u32, u8 } = views;
  let to = target;
  let at = start;
  while (at < end) {
    const value = u32[at] as number;
    let runEnd = at + 1;
    while (runEnd < end && u32[runEnd] === value) runEnd++;
    if (runEnd - at >= GROUP) {
      to = putVarint(u8, to, (runEnd - at) * 2);
      for (let bits = 0; bits < width; bits += 8) u8[to++] = value >>> bits;
      at = runEnd;
      continue;
    }
    let packedEnd = at + GROUP;
    while (packedEnd < end && !startsRun(u32, packedEnd, end)) packedEnd += GROUP;
    const groups = (packedEnd - at) / GROUP;
    to = putVarint(u8, to, groups * 2 + 1);
    const until = Math.min(packedEnd, end);
    pack(views, { start: at, end: until, width, target: to });
    to += groups * width;
    at = until;
  }
  return to - target;
}

function startsRun(u32: Uint32Array, start: number, end: number): boolean {
  if (start + GROUP > end) return false;
  for (let at = start + 1; at < start + GROUP; at++) if (u32[at] !== u32[start]) return false;
  return true;
}

/** Bit by bit through a byte in hand; the last group is filled up with zeros. */
function pack({ u32, u8 }: Views, { start, end, width, target }: Codes): void {
  const size = Math.ceil((end - start) / GROUP) * width;
  u8.fill(0, target, target + size);
  let bit = 0;
  for (let at = start; at < end; at++) {
    const value = u32[at] as number;
    for (let done = 0; done < width; ) {
      const room = 8 - (bit & 7);
      const part = Math.min(room, width - done);
      const to = target + (bit >>> 3);
      u8[to] = (u8[to] as number) | (((value >>> done) & ((1 << part) - 1)) << (bit & 7));
      done += part;
      bit += part;
    }
  }
}
