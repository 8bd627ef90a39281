import type { Kernels } from '../contract/kernels.js';
import type { KernelMemory } from '../kernel-memory.js';
import { KERNELS_WASM } from './kernels-wasm.js';
import { webAssembly, type WasmModule } from './web-assembly.js';

let supported: boolean | undefined;
let compiled: WasmModule | undefined;

/** Whether this Node and this processor run the kernels: they need 128-bit SIMD and shared memory. */
export function isWasmSupported(): boolean {
  return (supported ??= webAssembly()?.validate(binary()) ?? false);
}

/**
 * The kernels in WebAssembly. The compiled module holds no state, so one serves every memory of a thread.
 *
 * @throws Error when {@link isWasmSupported} is false.
 */
export function createWasmKernels(memory: KernelMemory): Kernels {
  const api = webAssembly();
  if (api === undefined || !isWasmSupported()) throw new Error('WebAssembly with SIMD does not run here');
  compiled ??= new api.Module(binary());
  const { exports } = new api.Instance(compiled, { env: { memory: memory.handle } });
  // A plain object, whose properties are quicker to reach than those of a module's exports.
  return { ...exports } as Kernels;
}

function binary(): Uint8Array {
  return Buffer.from(KERNELS_WASM, 'base64');
}
