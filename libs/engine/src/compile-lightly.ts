import { setV8Flags } from '@ticklake/core';

/**
 * Has V8 compile less. By itself it takes up to 920 bytes of bytecode of other functions into each that it optimises. Where the loops over
 * values are in kernels, what is left is called some thousand times, and compiling it into each of its callers takes longer than it saves.
 * Measured: V8's own threads, a third of all processor time of a merge, take a third less, and the merge no longer.
 *
 * Nor are loops of WebAssembly unrolled, which kernels have done where it pays. Compiling the decoder of zstd, one function of 27 kB, takes 13
 * instead of 17 MiB so, and peaks of a run are 1 instead of 7 MiB apart from one time to the next; it takes as long.
 *
 * In all threads of this process: called by programs, once, before they do anything. It changes no result.
 */
export function compileLightly(): void {
  setV8Flags({
    '--max-inlined-bytecode-size-cumulative=100': '--max-inlined-bytecode-size-cumulative=920',
    '--no-wasm-loop-unrolling': '--wasm-loop-unrolling',
  });
}
