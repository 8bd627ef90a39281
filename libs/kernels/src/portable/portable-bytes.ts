import type { BytesKernels } from '../contract/bytes-kernels.js';
import type { ViewMemory } from './views.js';

/** The byte string kernels. */
export function portableBytes(view: ViewMemory): BytesKernels {
  return {
    splitBytes(at, end, count, ends, base, to, room) {
      const { u8, u32, any } = view();
      let from = at;
      let size = 0;
      for (let i = 0; i < count; i++) {
        if (end - from < 4) return 0;
        const length = any.getUint32(from, true);
        from += 4;
        if (length > end - from || length > room - size) return 0;
        u8.copyWithin(to + size, from, from + length);
        from += length;
        size += length;
        u32[(ends >> 2) + i] = base + size;
      }
      return from;
    },
    endsOf(lengths, count, base, room, ends) {
      const { i32, u32 } = view();
      let size = 0;
      for (let i = 0; i < count; i++) {
        const length = i32[(lengths >> 2) + i] as number;
        if (length < 0 || length > room - size) return -1;
        size += length;
        u32[(ends >> 2) + i] = base + size;
      }
      return size;
    },
    lengthsOf(offsets, count, to) {
      const { u32 } = view();
      for (let i = 0; i < count; i++) {
        const at = (offsets >> 2) + i;
        u32[(to >> 2) + i] = (u32[at + 1] as number) - (u32[at] as number);
      }
    },
    boundsBytes(offsets, data, count, flip, to) {
      const { u8, u32 } = view();
      const compare = (a: number, b: number) => {
        const [at, other] = [a, b].map((i) => data + (u32[(offsets >> 2) + i] as number)) as [number, number];
        const [end, otherEnd] = [a, b].map((i) => data + (u32[(offsets >> 2) + i + 1] as number)) as [
          number,
          number,
        ];
        for (let i = 0; at + i < end && other + i < otherEnd; i++) {
          const bits = i === 0 ? flip : 0;
          const difference = ((u8[at + i] as number) ^ bits) - ((u8[other + i] as number) ^ bits);
          if (difference !== 0) return difference;
        }
        return end - at - (otherEnd - other);
      };
      let least = 0;
      let most = 0;
      for (let i = 1; i < count; i++) {
        if (compare(i, least) < 0) least = i;
        else if (compare(i, most) > 0) most = i;
      }
      u32.set([least, most], to >> 2);
    },
    splitCharacter(offsets, data, count) {
      const { u8, u32 } = view();
      const end = u32[(offsets >> 2) + count] as number;
      for (let i = 0; i < count; i++) {
        const at = u32[(offsets >> 2) + i] as number;
        if (at !== end && ((u8[data + at] as number) & 0xc0) === 0x80) return i;
      }
      return count;
    },
  };
}
