import { createArena, type Arena } from '@ticklake/columnar';
import type { KernelChoice } from '@ticklake/kernels';

/** More than any generated file needs. */
const BYTES_MAX = 2 ** 30;

/** One for each choice: memory that files before have used is what most files get. */
const ARENAS = new Map<KernelChoice, Arena>();

/** Which kernels there are. */
export const KERNEL_CHOICES: readonly KernelChoice[] = ['wasm', 'portable'];

/** Does `work` in an arena with those kernels. @throws Error when it has not given back all that it took of the arena. */
export async function withArena<T>(kernels: KernelChoice, work: (arena: Arena) => Promise<T>): Promise<T> {
  const arena = ARENAS.get(kernels) ?? createArena({ bytesMax: BYTES_MAX, kernels });
  ARENAS.set(kernels, arena);
  const before = arena.usedBytes;
  const result = await work(arena);
  const kept = arena.usedBytes - before;
  if (kept !== 0) throw new Error(`${kept} bytes of the arena were not given back`);
  return result;
}
