import type { Kernels } from './contract/kernels.js';
import type { KernelMemory } from './kernel-memory.js';
import { createPortableKernels } from './portable/portable-kernels.js';
import { createWasmKernels, isWasmSupported } from './wasm/wasm-kernels.js';

/** Which of the two implementations: they differ in speed and in nothing else. */
export type KernelChoice = 'wasm' | 'portable';

/** The faster of the implementations that run here. */
export function defaultKernels(): KernelChoice {
  return isWasmSupported() ? 'wasm' : 'portable';
}

/**
 * Kernels over `memory`.
 *
 * @throws Error when `wasm` is asked for where it does not run.
 */
export function openKernels(memory: KernelMemory, choice: KernelChoice): Kernels {
  return choice === 'wasm' ? createWasmKernels(memory) : createPortableKernels(memory);
}
