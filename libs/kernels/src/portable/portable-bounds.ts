import type { BoundsKernels } from '../contract/bounds-kernels.js';
import type { ViewMemory, Views } from './views.js';

/** The bounds kernels. */
export function portableBounds(view: ViewMemory): BoundsKernels {
  return {
    boundsI32: (values, count, to) => bounds(view().i32, { values, count, to, shift: 2 }),
    boundsU32: (values, count, to) => bounds(view().u32, { values, count, to, shift: 2 }),
    boundsI64: (values, count, to) => wideBounds(view(), { values, count, to, flip: 0 }),
    boundsU64: (values, count, to) => wideBounds(view(), { values, count, to, flip: 0x80000000 | 0 }),
    boundsF32: (values, count, to) => floatBounds(view().f32, { values, count, to, shift: 2 }),
    boundsF64: (values, count, to) => floatBounds(view().f64, { values, count, to, shift: 3 }),
    descent64(values, count) {
      const views = view();
      for (let i = 1; i < count; i++) {
        if (compareAt(views, (values >> 2) + 2 * i, (values >> 2) + 2 * i - 2) < 0) return i;
      }
      return count;
    },
    descentPairs64(first, second, count) {
      const views = view();
      for (let i = 1; i < count; i++) {
        const order = [first, second].map((of) => compareAt(views, (of >> 2) + 2 * i, (of >> 2) + 2 * i - 2));
        if ((order[0] || order[1] || 0) < 0) return i;
      }
      return count;
    },
    gap64(values, count, first) {
      const { u32 } = view();
      for (let i = 0; i < count; i++) {
        const at = (values >> 2) + 2 * i;
        const expected = first + i;
        if (u32[at] !== expected % 2 ** 32 || u32[at + 1] !== Math.floor(expected / 2 ** 32)) return i;
      }
      return count;
    },
  };
}

interface Range {
  readonly values: number;
  readonly count: number;
  readonly to: number;
  /** From bytes to places in the array. */
  readonly shift: 2 | 3;
}

function bounds(all: Int32Array | Uint32Array, { values, count, to, shift }: Range): void {
  const start = values >> shift;
  let least = all[start] as number;
  let most = least;
  for (let i = start + 1; i < start + count; i++) {
    const value = all[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  all[to >> shift] = least;
  all[(to >> shift) + 1] = most;
}

function floatBounds(all: Float32Array | Float64Array, { values, count, to, shift }: Range): void {
  const start = values >> shift;
  let least = Infinity;
  let most = -Infinity;
  for (let i = start; i < start + count; i++) {
    const value = all[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  all[to >> shift] = least === 0 ? -0 : least;
  all[(to >> shift) + 1] = most === 0 ? 0 : most;
}

/** `flip` inverts the sign bit, which makes unsigned order signed. */
function wideBounds(
  { i32, u32 }: Views,
  { values, count, to, flip }: { values: number; count: number; to: number; flip: number },
): void {
  const start = values >> 2;
  let least = start;
  let most = start;
  const isLess = (a: number, b: number) => {
    const x = (i32[a + 1] as number) ^ flip;
    const y = (i32[b + 1] as number) ^ flip;
    return x === y ? (u32[a] as number) < (u32[b] as number) : x < y;
  };
  for (let at = start + 2; at < start + 2 * count; at += 2) {
    if (isLess(at, least)) least = at;
    if (isLess(most, at)) most = at;
  }
  i32.set([i32[least], i32[least + 1], i32[most], i32[most + 1]] as number[], to >> 2);
}

/** Order of the signed 64-bit integers whose low words stand at `a` and `b`. */
export function compareAt({ i32, u32 }: Views, a: number, b: number): number {
  const high = (i32[a + 1] as number) - (i32[b + 1] as number);
  return high !== 0 ? high : (u32[a] as number) - (u32[b] as number);
}
