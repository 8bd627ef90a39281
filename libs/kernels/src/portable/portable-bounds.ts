import type { BoundsKernels } from '../contract/bounds-kernels.js';
import type { ViewMemory, Views } from './views.js';

/** The bounds kernels. */
export function portableBounds(view: ViewMemory): BoundsKernels {
  return {
    boundsI32: (values, count, to) => bounds(view(), 'i32', { values, codes: 0, count, to }),
    boundsU32: (values, count, to) => bounds(view(), 'u32', { values, codes: 0, count, to }),
    boundsI64: (values, count, to) => wideBounds(view(), 0, { values, codes: 0, count, to }),
    boundsU64: (values, count, to) => wideBounds(view(), SIGN, { values, codes: 0, count, to }),
    boundsF32: (values, count, to) => floatBounds(view(), 'f32', { values, codes: 0, count, to }),
    boundsF64: (values, count, to) => floatBounds(view(), 'f64', { values, codes: 0, count, to }),
    namedBoundsI32: (values, codes, count, to) => bounds(view(), 'i32', { values, codes, count, to }),
    namedBoundsU32: (values, codes, count, to) => bounds(view(), 'u32', { values, codes, count, to }),
    namedBoundsI64: (values, codes, count, to) => wideBounds(view(), 0, { values, codes, count, to }),
    namedBoundsU64: (values, codes, count, to) => wideBounds(view(), SIGN, { values, codes, count, to }),
    namedBoundsF32: (values, codes, count, to) => floatBounds(view(), 'f32', { values, codes, count, to }),
    namedBoundsF64: (values, codes, count, to) => floatBounds(view(), 'f64', { values, codes, count, to }),
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

const SIGN = 0x80000000 | 0;

interface Values {
  readonly values: number;
  /** Which of them, words of 32 bits; 0 where they are all looked at, one after another. */
  readonly codes: number;
  readonly count: number;
  readonly to: number;
}

/** Which value number `i` is. */
function indexOf({ u32 }: Views, codes: number, i: number): number {
  return codes === 0 ? i : (u32[(codes >> 2) + i] as number);
}

function bounds(views: Views, name: 'i32' | 'u32', { values, codes, count, to }: Values): void {
  const all = views[name];
  const at = (i: number) => all[(values >> 2) + indexOf(views, codes, i)] as number;
  let least = at(0);
  let most = least;
  for (let i = 1; i < count; i++) {
    const value = at(i);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  all[to >> 2] = least;
  all[(to >> 2) + 1] = most;
}

function floatBounds(views: Views, name: 'f32' | 'f64', { values, codes, count, to }: Values): void {
  const all = views[name];
  const shift = name === 'f64' ? 3 : 2;
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = all[(values >> shift) + indexOf(views, codes, i)] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  all[to >> shift] = least === 0 ? -0 : least;
  all[(to >> shift) + 1] = most === 0 ? 0 : most;
}

/** `flip` inverts the sign bit, which makes unsigned order signed. */
function wideBounds(views: Views, flip: number, { values, codes, count, to }: Values): void {
  const { i32, u32 } = views;
  const at = (i: number) => (values >> 2) + 2 * indexOf(views, codes, i);
  let least = at(0);
  let most = least;
  const isLess = (a: number, b: number) => {
    const x = (i32[a + 1] as number) ^ flip;
    const y = (i32[b + 1] as number) ^ flip;
    return x === y ? (u32[a] as number) < (u32[b] as number) : x < y;
  };
  for (let i = 1; i < count; i++) {
    if (isLess(at(i), least)) least = at(i);
    if (isLess(most, at(i))) most = at(i);
  }
  i32.set([i32[least], i32[least + 1], i32[most], i32[most + 1]] as number[], to >> 2);
}

/** Order of the signed 64-bit integers whose low words stand at `a` and `b`. */
export function compareAt({ i32, u32 }: Views, a: number, b: number): number {
  const high = (i32[a + 1] as number) - (i32[b + 1] as number);
  return high !== 0 ? high : (u32[a] as number) - (u32[b] as number);
}
