import { webAssembly, type WasmMemory } from './wasm/web-assembly.js';

const PAGE_BYTES = 65_536;

/** Addresses fit a signed word of 32 bits. */
export const KERNEL_BYTES_MAX = 2 ** 31 - PAGE_BYTES;

/** What another thread needs to work on the same memory: it can be posted to one. */
export type KernelMemoryHandle = WasmMemory | SharedArrayBuffer;

/**
 * The memory that kernels work on, shared by the threads that attach to it. It grows, and never shrinks or moves: a view of it stays
 * valid, but covers only what there was when it was made.
 */
export interface KernelMemory {
  readonly handle: KernelMemoryHandle;
  /** All of it, as large as it is now. Another object each time it has grown. */
  readonly buffer: SharedArrayBuffer;
  /** Makes it at least `sizeBytes` large. @throws RangeError when the machine has no more. */
  grow(sizeBytes: number): void;
}

/** New memory, nothing of it in use. */
export function createKernelMemory(): KernelMemory {
  const api = webAssembly();
  if (api === undefined) return attachKernelMemory(growableBuffer());
  const maximum = (KERNEL_BYTES_MAX + PAGE_BYTES) / PAGE_BYTES;
  return attachKernelMemory(new api.Memory({ initial: 1, maximum, shared: true }));
}

/** The memory of another thread. */
export function attachKernelMemory(handle: KernelMemoryHandle): KernelMemory {
  if (handle instanceof SharedArrayBuffer) {
    return {
      handle,
      buffer: handle,
      grow(sizeBytes) {
        const larger = roundUp(sizeBytes);
        if (larger > handle.byteLength) (handle as GrowableBuffer).grow(larger);
      },
    };
  }
  return {
    handle,
    get buffer() {
      return handle.buffer as SharedArrayBuffer;
    },
    grow(sizeBytes) {
      const missing = roundUp(sizeBytes) - handle.buffer.byteLength;
      if (missing > 0) handle.grow(missing / PAGE_BYTES);
    },
  };
}

/** Of ES2024, which every Node we run on has. */
interface GrowableBuffer extends SharedArrayBuffer {
  grow(sizeBytes: number): void;
}

/** Where an interpreter without a compiler has no WebAssembly, not even its memory. */
function growableBuffer(): SharedArrayBuffer {
  const Growable = SharedArrayBuffer as unknown as new (
    sizeBytes: number,
    options: { readonly maxByteLength: number },
  ) => SharedArrayBuffer;
  return new Growable(PAGE_BYTES, { maxByteLength: KERNEL_BYTES_MAX });
}

function roundUp(sizeBytes: number): number {
  return Math.ceil(sizeBytes / PAGE_BYTES) * PAGE_BYTES;
}
