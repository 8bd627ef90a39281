import { createKernelMemory, type KernelMemory } from '../kernel-memory.js';
import { createPortableKernels } from '../portable/portable-kernels.js';
import { createWasmKernels } from '../wasm/wasm-kernels.js';
import type { Kernels } from '../contract/kernels.js';

/** Both implementations over memories of their own that begin the same. */
export interface Twins {
  /** Write the same bytes to both memories. */
  put(address: number, bytes: ArrayBufferView): void;
  /** Run one kernel in both; the results must be equal, and one is returned. */
  run<Name extends keyof Kernels>(name: Name, ...args: Parameters<Kernels[Name]>): ReturnType<Kernels[Name]>;
  /** Bytes of the one memory, which must be equal in the other. */
  same(address: number, length: number): Uint8Array;
}

const SIZE_BYTES = 1 << 21;

/** Memories of 2 MiB, all of it noise, so that nothing rests on zeros that nobody wrote. */
export function createTwins(): Twins {
  const memories = [createKernelMemory(), createKernelMemory()] as const;
  memories.forEach((memory) => memory.grow(SIZE_BYTES));
  const kernels = [createWasmKernels(memories[0]), createPortableKernels(memories[1])] as const;
  const bytesOf = (memory: KernelMemory) => new Uint8Array(memory.buffer);
  const noise = new Uint32Array(SIZE_BYTES / 4);
  noise.forEach((_, i) => (noise[i] = Math.imul(i + 1, 0x9e3779b1) ^ (i << 13)));
  const put: Twins['put'] = (address, bytes) => {
    const from = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    memories.forEach((memory) => bytesOf(memory).set(from, address));
  };
  put(0, noise);
  return {
    put,
    run(name, ...args) {
      const [a, b] = kernels.map((one) => (one[name] as (...all: unknown[]) => unknown)(...args));
      expect({ name, result: a }).toEqual({ name, result: b });
      return a as never;
    },
    same(address, length) {
      const [a, b] = memories.map((memory) => Buffer.from(bytesOf(memory).slice(address, address + length)));
      // Compared as one, since comparing element by element is slow.
      if (!a!.equals(b!)) expect(a).toEqual(b);
      return Uint8Array.from(a!);
    },
  };
}
