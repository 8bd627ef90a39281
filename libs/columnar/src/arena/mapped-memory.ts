import type { KernelMemory } from '@ticklake/kernels';

/** Views of all of a memory, made anew when it has grown: older ones stay valid, and only do not reach what was added. */
export interface MappedMemory {
  /** At least the first `size` bytes. */
  bytes(size: number): Uint8Array;
  /** The same, by four bytes. */
  words(size: number): Uint32Array;
  /** Whether `buffer` is of this memory, as it is or as it was. */
  holds(buffer: ArrayBufferLike): boolean;
}

/** The views of one thread. */
export function mapMemory(memory: KernelMemory): MappedMemory {
  let bytes = new Uint8Array(memory.buffer);
  let words = new Uint32Array(memory.buffer);
  const buffers = new WeakSet<ArrayBufferLike>([memory.buffer]);
  const map = () => {
    buffers.add(memory.buffer);
    bytes = new Uint8Array(memory.buffer);
    words = new Uint32Array(memory.buffer);
  };
  return {
    bytes(size) {
      if (bytes.length < size) map();
      return bytes;
    },
    words(size) {
      if (bytes.length < size) map();
      return words;
    },
    holds(buffer) {
      if (buffers.has(buffer)) return true;
      // It may have grown since it was last looked at, in this thread or in another.
      if (buffer !== memory.buffer) return false;
      buffers.add(buffer);
      return true;
    },
  };
}
