import type { Kernels } from '../contract/kernels.js';
import type { KernelMemory } from '../kernel-memory.js';
import { portableBloom } from './portable-bloom.js';
import { portableBounds } from './portable-bounds.js';
import { portableBytes } from './portable-bytes.js';
import { portableCsv } from './portable-csv.js';
import { portableDelta } from './portable-delta.js';
import { portableDictionary } from './portable-dictionary.js';
import { portableGather } from './portable-gather.js';
import { portableHash } from './portable-hash.js';
import { portableHybrid } from './portable-hybrid.js';
import { portableMerge } from './portable-merge.js';
import { portableSnappy } from './portable-snappy.js';
import { viewMemory } from './views.js';

/** The kernels in TypeScript: the meaning of the others, and what runs where they do not. */
export function createPortableKernels(memory: KernelMemory): Kernels {
  const view = viewMemory(memory);
  return {
    ...portableHash(view),
    ...portableSnappy(view),
    ...portableHybrid(view),
    ...portableDelta(view),
    ...portableGather(view),
    ...portableBytes(view),
    ...portableBounds(view),
    ...portableDictionary(view),
    ...portableMerge(view),
    ...portableCsv(view),
    ...portableBloom(view),
  };
}
