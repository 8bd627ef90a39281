import type { GatherKernels } from '../contract/gather-kernels.js';
import type { ViewMemory, Views } from './views.js';

/** The gather kernels. */
export function portableGather(view: ViewMemory): GatherKernels {
  return {
    gather8: (table, rows, count, to) => gatherWords(view(), { table, rows, count, to, size: 1 }),
    gather16: (table, rows, count, to) => gatherWords(view(), { table, rows, count, to, size: 2 }),
    gather32: (table, rows, count, to) => gatherWords(view(), { table, rows, count, to, size: 4 }),
    gather64: (table, rows, count, to) => gatherWords(view(), { table, rows, count, to, size: 8 }),
    gather128: (table, rows, count, to) => gatherWords(view(), { table, rows, count, to, size: 16 }),
    gatherBytes(offsets, data, rows, count, toOffsets, into) {
      const { u8, u32 } = view();
      let size = 0;
      for (let i = 0; i < count; i++) {
        const at = (offsets >> 2) + (u32[(rows >> 2) + i] as number);
        const start = u32[at] as number;
        const end = u32[at + 1] as number;
        if (into !== 0) {
          u32[(toOffsets >> 2) + i] = size;
          u8.copyWithin(into + size, data + start, data + end);
        }
        size += end - start;
      }
      if (into !== 0) u32[(toOffsets >> 2) + count] = size;
      return size;
    },
    spread32: (values, validity, rows, to) => spread(view(), { values, validity, rows, to, words: 1 }),
    spread64: (values, validity, rows, to) => spread(view(), { values, validity, rows, to, words: 2 }),
    draw32: (values, validity, rows, to) => draw(view(), { values, validity, rows, to, words: 1 }),
    draw64: (values, validity, rows, to) => draw(view(), { values, validity, rows, to, words: 2 }),
    ...portableBits(view),
    ...portableWidths(view),
    count64(first, count, to) {
      const { u32 } = view();
      for (let i = 0; i < count; i++) {
        u32[(to >> 2) + 2 * i] = first + i;
        u32[(to >> 2) + 2 * i + 1] = Math.floor((first + i) / 2 ** 32);
      }
    },
    moveBytes: (from, to, size) => void view().u8.copyWithin(to, from, from + size),
    fillBytes: (to, size, value) => void view().u8.fill(value, to, to + size),
    shift32(values, count, amount) {
      const { u32 } = view();
      for (let i = values >> 2; i < (values >> 2) + count; i++) u32[i] = (u32[i] as number) + amount;
    },
  };
}

function portableWidths(view: ViewMemory): Pick<GatherKernels, 'widen' | 'narrow' | 'joinBytes'> {
  return {
    widen(values, count, bits, signed, to) {
      const { u8, i8, i32, any } = view();
      for (let i = 0; i < count; i++) {
        const at = values + i * (bits >> 3);
        const narrow = signed ? i8[at] : u8[at];
        const wide = bits === 8 ? narrow : signed ? any.getInt16(at, true) : any.getUint16(at, true);
        i32[(to >> 2) + i] = wide as number;
      }
    },
    narrow(values, count, bits, signed, to) {
      const { u8, i32, any } = view();
      const [least, most] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
      for (let i = 0; i < count; i++) {
        const value = i32[(values >> 2) + i] as number;
        if (value < least || value > most) return i;
        if (bits === 8) u8[to + i] = value;
        else any.setUint16(to + 2 * i, value & 0xffff, true);
      }
      return count;
    },
    joinBytes(streams, stride, from, count, size, to) {
      const { u8 } = view();
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < size; k++) u8[to + i * size + k] = u8[streams + from + i + k * stride] as number;
      }
    },
  };
}

function portableBits(view: ViewMemory): Pick<GatherKernels, 'unpackBits' | 'packBits' | 'presentAt'> {
  return {
    unpackBits(bits, from, count, to) {
      const { u8 } = view();
      for (let i = 0; i < count; i++) {
        const bit = from + i;
        u8[to + i] = ((u8[bits + (bit >>> 3)] as number) >> (bit & 7)) & 1;
      }
    },
    packBits(values, count, to) {
      const { u8 } = view();
      u8.fill(0, to, to + Math.ceil(count / 8));
      for (let i = 0; i < count; i++) {
        if (u8[values + i] !== 0) u8[to + (i >> 3)] = (u8[to + (i >> 3)] as number) | (1 << (i & 7));
      }
    },
    presentAt(levels, count, highest, to) {
      const { u8, u32 } = view();
      let present = 0;
      for (let i = 0; i < count; i++) {
        const is = u32[(levels >> 2) + i] === highest ? 1 : 0;
        u8[to + i] = is;
        present += is;
      }
      return present;
    },
  };
}

interface Gather {
  readonly table: number;
  readonly rows: number;
  readonly count: number;
  readonly to: number;
  readonly size: 1 | 2 | 4 | 8 | 16;
}

function gatherWords({ u8, u32, any }: Views, { table, rows, count, to, size }: Gather): void {
  for (let i = 0; i < count; i++) {
    const from = table + (u32[(rows >> 2) + i] as number) * size;
    if (size < 4) for (let k = 0; k < size; k++) u8[to + i * size + k] = u8[from + k] as number;
    else
      for (let k = 0; k < size; k += 4) any.setInt32(to + i * size + k, any.getInt32(from + k, true), true);
  }
}

interface Spread {
  readonly values: number;
  readonly validity: number;
  readonly rows: number;
  readonly to: number;
  readonly words: 1 | 2;
}

function spread({ u8, u32 }: Views, { values, validity, rows, to, words }: Spread): void {
  let from = values >> 2;
  let at = to >> 2;
  for (let row = 0; row < rows; row++) {
    const present = u8[validity + row] !== 0;
    for (let word = 0; word < words; word++) u32[at++] = present ? (u32[from++] as number) : 0;
  }
}

function draw({ u8, u32 }: Views, { values, validity, rows, to, words }: Spread): number {
  let at = to >> 2;
  for (let row = 0; row < rows; row++) {
    if (u8[validity + row] === 0) continue;
    for (let word = 0; word < words; word++) u32[at++] = u32[(values >> 2) + row * words + word] as number;
  }
  return (at - (to >> 2)) / words;
}
