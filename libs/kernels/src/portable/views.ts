import type { KernelMemory } from '../kernel-memory.js';

/** Kernel memory as numbers. Words are little-endian, as on every machine Node runs on. */
export interface Views {
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  /** For places that are not aligned. */
  readonly any: DataView;
}

/** Gives views of all the memory there is at the time of the call. */
export type ViewMemory = () => Views;

/** Made once for each size of `memory`. */
export function viewMemory(memory: KernelMemory): ViewMemory {
  let buffer: SharedArrayBuffer | undefined;
  let size = -1;
  let views: Views | undefined;
  return () => {
    const now = memory.buffer;
    if (views !== undefined && now === buffer && now.byteLength === size) return views;
    buffer = now;
    size = now.byteLength;
    views = {
      u8: new Uint8Array(now, 0, size),
      i8: new Int8Array(now, 0, size),
      i32: new Int32Array(now, 0, size >> 2),
      u32: new Uint32Array(now, 0, size >> 2),
      f32: new Float32Array(now, 0, size >> 2),
      f64: new Float64Array(now, 0, size >> 3),
      any: new DataView(now, 0, size),
    };
    return views;
  };
}
