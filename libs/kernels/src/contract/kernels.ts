import type { BloomKernels } from './bloom-kernels.js';
import type { BoundsKernels } from './bounds-kernels.js';
import type { BytesKernels } from './bytes-kernels.js';
import type { CsvKernels } from './csv-kernels.js';
import type { DeltaKernels } from './delta-kernels.js';
import type { DictionaryKernels } from './dictionary-kernels.js';
import type { GatherKernels } from './gather-kernels.js';
import type { HashKernels } from './hash-kernels.js';
import type { HybridKernels } from './hybrid-kernels.js';
import type { MergeKernels } from './merge-kernels.js';
import type { SnappyKernels } from './snappy-kernels.js';

/** A place in kernel memory: a whole number of bytes from its beginning. */
export type Address = number;

/**
 * The loops over values. Every one works on places in kernel memory and on numbers, allocates nothing, keeps nothing
 * between calls and throws nothing: what is wrong comes back as a number. Sizes are trusted, contents are not.
 *
 * A kernel may read and, at a target, write up to 64 bytes past the end of what it was told, so that it can move
 * sixteen bytes at a time; what stands there afterwards means nothing.
 *
 * There are two implementations, in WebAssembly and in TypeScript, whose results are equal byte for byte.
 */
export interface Kernels
  extends HashKernels,
    SnappyKernels,
    HybridKernels,
    DeltaKernels,
    GatherKernels,
    BytesKernels,
    BoundsKernels,
    DictionaryKernels,
    MergeKernels,
    CsvKernels,
    BloomKernels {}
