import { putExactly } from './exact-size.js';
import { boundOf, encodeWith } from './outside-codec.js';
import type { PageCodec } from './page-codec.js';

type Zstd = typeof import('@cloudpss/zstd/wasm');

/**
 * Zstandard by one pinned WebAssembly build, in both directions and on every Node.
 *
 * Compressed bytes end up under a published hash, so they must not change with Node's own zstd. Decoding goes
 * straight into a block of exactly `size` bytes: the decoder stops when it is full, whatever the frames claim, keeps
 * no window of its own, takes any number of frames and checks their checksums.
 */
export async function openZstdCodec(level: number): Promise<PageCodec> {
  const zstd: Zstd = await import('@cloudpss/zstd/wasm');
  const wasm = zstd._WasmModule;
  return {
    name: 'zstd',
    bound: boundOf,
    encode: encodeWith((bytes) => zstd.compress(bytes, level)),
    decode(arena, stored, to, size) {
      const source = wasm._malloc(Math.max(stored.length, 1));
      const target = wasm._malloc(Math.max(size, 1));
      try {
        putExactly(arena, to, { codec: 'zstd', stored, size }, () => {
          // Zero is the null pointer: the module's memory cannot grow that far.
          if (Number(source) === 0 || Number(target) === 0) throw new Error('out of memory for a zstd page');
          wasm.HEAPU8.set(stored, source);
          const written = wasm._decompress(target, size, source, stored.length);
          if (wasm._ZSTD_isError(written))
            throw new Error(wasm.UTF8ToString(wasm._ZSTD_getErrorName(written)));
          return wasm.HEAPU8.subarray(target, target + written);
        });
      } finally {
        wasm._free(source);
        wasm._free(target);
      }
    },
  };
}
