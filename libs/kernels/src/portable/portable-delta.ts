import { DELTA_PROBLEM, type DeltaKernels } from '../contract/delta-kernels.js';
import type { ViewMemory, Views } from './views.js';

/** Words of a reader's state; the first two pairs are 64-bit integers, low half first. */
const VALUE = 0;
const LEAST = 2;
const AT = 4;
const END = 5;
const LEFT = 6;
const FIRST = 7;
const PER_MINI = 8;
const MINIS = 9;
const MINI = 10;
const WIDTHS = 11;
const RUN = 12;
const WIDTH = 13;
const BASE = 14;
const INDEX = 15;

const BLOCK = 128;
const MINIBLOCK = 32;
const MINIBLOCKS = BLOCK / MINIBLOCK;

/** The delta kernels: 64-bit arithmetic on halves of 32, since one bigint per value would be many times slower. */
export function portableDelta(view: ViewMemory): DeltaKernels {
  return {
    deltaOpen: (state, at, end, count) => open(view(), { s: state >> 2, at, end, count }),
    deltaRead64: (state, target, count) => read(view(), { s: state >> 2, to: target >> 2, count, stride: 2 }),
    deltaRead32: (state, target, count) => read(view(), { s: state >> 2, to: target >> 2, count, stride: 1 }),
    deltaEnd: (state) => view().u32[(state >> 2) + AT] as number,
    deltaWrite64: (values, count, target) => write(view(), { values: values >> 2, count, target, stride: 2 }),
    deltaWrite32: (values, count, target) => write(view(), { values: values >> 2, count, target, stride: 1 }),
  };
}

interface Half {
  readonly low: number;
  readonly high: number;
}

interface Cursor {
  at: number;
  readonly end: number;
}

/** An unsigned varint, in halves; `undefined` when it is cut off, longer than `bytesMax`, or has more bits than would be kept. */
function readVarint({ u8 }: Views, cursor: Cursor, bytesMax: number): Half | undefined {
  let low = 0;
  let high = 0;
  for (let i = 0; i < bytesMax && cursor.at < cursor.end; i++) {
    const byte = u8[cursor.at++] as number;
    const bits = byte & 127;
    const shift = 7 * i;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high |= bits >> 4;
    } else high |= bits << (shift - 32);
    if (byte < 128)
      return (bytesMax === 5 && high !== 0) || (i === 9 && byte > 1) ? undefined : { low, high };
  }
  return undefined;
}

function unzigzag({ low, high }: Half): Half {
  const sign = -(low & 1);
  return { low: ((low >>> 1) | (high << 31)) ^ sign, high: (high >>> 1) ^ sign };
}

function open(
  views: Views,
  {
    s,
    at,
    end,
    count,
  }: { readonly s: number; readonly at: number; readonly end: number; readonly count: number },
): number {
  const cursor = { at, end };
  const [block, minis, total] = [5, 5, 5].map((bytesMax) => readVarint(views, cursor, bytesMax)?.low);
  const first = readVarint(views, cursor, 10);
  if (block === undefined || minis === undefined || total === undefined || first === undefined) {
    return DELTA_PROBLEM.BAD_NUMBER;
  }
  const blockSize = block >>> 0;
  const miniCount = minis >>> 0;
  if (blockSize === 0 || blockSize % 128 !== 0 || miniCount === 0 || blockSize % (miniCount * 8) !== 0) {
    return DELTA_PROBLEM.BAD_BLOCK;
  }
  if (total >>> 0 !== count) return DELTA_PROBLEM.OTHER_COUNT;
  const { low, high } = unzigzag(first);
  views.u32.set([low, high, 0, 0, cursor.at, end, count, 1], s);
  views.u32.set([blockSize / miniCount, miniCount, miniCount, 0, 0], s + PER_MINI);
  return 0;
}

/** Stands at the next miniblock, of the next block where this one has no more. */
function openMini(views: Views, s: number): number {
  const { u32, u8 } = views;
  const end = u32[s + END] as number;
  const minis = u32[s + MINIS] as number;
  const cursor = { at: u32[s + AT] as number, end };
  let mini = u32[s + MINI] as number;
  if (mini === minis) {
    const least = readVarint(views, cursor, 10);
    if (least === undefined) return DELTA_PROBLEM.BAD_NUMBER;
    if (end - cursor.at < minis) return DELTA_PROBLEM.CUT_BLOCK;
    const { low, high } = unzigzag(least);
    u32[s + LEAST] = low;
    u32[s + LEAST + 1] = high;
    u32[s + WIDTHS] = cursor.at;
    cursor.at += minis;
    mini = 0;
  }
  const perMini = u32[s + PER_MINI] as number;
  const width = u8[(u32[s + WIDTHS] as number) + mini] as number;
  const used = Math.min(perMini, u32[s + LEFT] as number);
  const room = end - cursor.at;
  if (width > 64 || Math.ceil((used * width) / 8) > room) return DELTA_PROBLEM.CUT_BLOCK;
  u32[s + MINI] = mini + 1;
  u32.set([used, width, cursor.at, 0], s + RUN);
  u32[s + AT] = cursor.at + Math.min((perMini / 8) * width, room);
  return 0;
}

interface Target {
  readonly s: number;
  readonly to: number;
  readonly count: number;
  /** Words a value. */
  readonly stride: 1 | 2;
}

function read(views: Views, { s, to, count, stride }: Target): number {
  const { u32 } = views;
  let done = 0;
  const put = () => {
    u32[to + done * stride] = u32[s + VALUE] as number;
    if (stride === 2) u32[to + done * 2 + 1] = u32[s + VALUE + 1] as number;
    done++;
  };
  if (count > 0 && u32[s + FIRST] === 1) {
    put();
    u32[s + FIRST] = 0;
    u32[s + LEFT] = (u32[s + LEFT] as number) - 1;
  }
  while (done < count) {
    const problem = u32[s + RUN] === 0 ? openMini(views, s) : 0;
    if (problem < 0) return problem;
    const part = Math.min(u32[s + RUN] as number, count - done);
    for (let i = 0; i < part; i++) {
      step(views, s);
      put();
    }
    u32[s + RUN] = (u32[s + RUN] as number) - part;
    u32[s + LEFT] = (u32[s + LEFT] as number) - part;
  }
  return 0;
}

/** Adds the least difference and the next surplus to the value reached. */
function step(views: Views, s: number): void {
  const { u32, u8 } = views;
  const width = u32[s + WIDTH] as number;
  const index = u32[s + INDEX] as number;
  const bit = (u32[s + BASE] as number) * 8 + index * width;
  const low = bitsAt(u8, bit, Math.min(width, 32));
  const high = width > 32 ? bitsAt(u8, bit + 32, width - 32) : 0;
  const sum = (u32[s + VALUE] as number) + (u32[s + LEAST] as number) + low;
  // The sum of three 32-bit numbers carries at most 2.
  const carry = Math.floor(sum / 2 ** 32);
  u32[s + VALUE] = sum;
  u32[s + VALUE + 1] = (u32[s + VALUE + 1] as number) + (u32[s + LEAST + 1] as number) + high + carry;
  u32[s + INDEX] = index + 1;
}

/** `width` bits, at most 32, from bit `bit` of memory, as an unsigned number. */
function bitsAt(u8: Uint8Array, bit: number, width: number): number {
  let from = Math.floor(bit / 8);
  const skip = bit % 8;
  let held = 0;
  for (let got = 0, scale = 1; got < skip + width; got += 8, scale *= 256)
    held += (u8[from++] as number) * scale;
  return Math.floor(held / 2 ** skip) % 2 ** width;
}

interface Source {
  readonly values: number;
  readonly count: number;
  readonly target: number;
  readonly stride: 1 | 2;
}

function write(views: Views, { values, count, target, stride }: Source): number {
  const { i32 } = views;
  const at = (i: number): Half => {
    const low = i32[values + i * stride] as number;
    return { low, high: stride === 2 ? (i32[values + i * 2 + 1] as number) : low >> 31 };
  };
  let to = target;
  for (const number of [BLOCK, MINIBLOCKS, count]) to = putVarint(views, to, { low: number, high: 0 });
  let previous = count > 0 ? at(0) : { low: 0, high: 0 };
  to = putVarint(views, to, zigzag(previous));
  for (let done = 1; done < count; done += BLOCK) {
    const steps: Half[] = [];
    for (let i = done; i < Math.min(done + BLOCK, count); i++) {
      const value = at(i);
      const step64 = minus(value, previous);
      steps.push(stride === 2 ? step64 : { low: step64.low, high: step64.low >> 31 });
      previous = value;
    }
    const least = steps.reduce((a, b) => (isLess(b, a) ? b : a));
    to = putVarint(views, to, zigzag(least));
    to = putMiniblocks(
      views,
      to,
      steps.map((one) => {
        const surplus = minus(one, least);
        return stride === 2 ? surplus : { low: surplus.low, high: 0 };
      }),
    );
  }
  return to - target;
}

function minus(a: Half, b: Half): Half {
  const borrow = a.low >>> 0 < b.low >>> 0 ? 1 : 0;
  return { low: (a.low - b.low) | 0, high: (a.high - b.high - borrow) | 0 };
}

function isLess(a: Half, b: Half): boolean {
  return a.high === b.high ? a.low >>> 0 < b.low >>> 0 : a.high < b.high;
}

function zigzag({ low, high }: Half): Half {
  const sign = high >> 31;
  return { low: (low << 1) ^ sign, high: ((high << 1) | (low >>> 31)) ^ sign };
}

function putVarint({ u8 }: Views, start: number, value: Half): number {
  let to = start;
  let low = value.low >>> 0;
  let high = value.high >>> 0;
  while (high !== 0 || low >= 128) {
    u8[to++] = (low & 127) | 128;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  u8[to] = low;
  return to + 1;
}

/** The widths, then the miniblocks that hold any of the differences; those are filled up with zeros. */
function putMiniblocks({ u8 }: Views, target: number, surpluses: readonly Half[]): number {
  let to = target + MINIBLOCKS;
  for (let mini = 0; mini < MINIBLOCKS; mini++) {
    const part = surpluses.slice(mini * MINIBLOCK, (mini + 1) * MINIBLOCK);
    const low = part.reduce((all, one) => all | one.low, 0);
    const high = part.reduce((all, one) => all | one.high, 0);
    const width = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high);
    u8[target + mini] = width;
    u8.fill(0, to, to + width * 4);
    part.forEach((one, i) => {
      for (let bit = 0; bit < width; bit++) {
        const isSet = ((bit < 32 ? one.low >>> bit : one.high >>> (bit - 32)) & 1) === 1;
        const place = i * width + bit;
        if (isSet) u8[to + (place >> 3)] = (u8[to + (place >> 3)] as number) | (1 << (place & 7));
      }
    });
    to += width * 4;
  }
  return to;
}
