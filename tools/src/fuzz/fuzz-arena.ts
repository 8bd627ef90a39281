import { createArena } from '@ticklake/columnar';

/**
 * The memory that files are read to: one for a process, as in a worker of the compactor. What a file may take of it
 * leaves room for the rest of a process of 512 MiB.
 */
export const ARENA = createArena({ bytesMax: 256 * 2 ** 20 });
