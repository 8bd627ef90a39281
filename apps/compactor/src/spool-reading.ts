import { datasetOf } from '@ticklake/market';
import { compactPartition, type Compacted, type CompactContext } from './compact-partition.js';
import { findDamage, type Damage } from './find-damage.js';
import { INSPECT_CONCURRENCY } from './limits.js';
import type { CompactTask } from './settings.js';

/** All that is done with the bytes of spool files, wherever it is done: here, in a thread, in a process of its own. */
export interface SpoolReading {
  /** As {@link compactPartition}. */
  compact(task: CompactTask, context: CompactContext): Promise<Compacted>;
  /** As {@link findDamage}, of the sources of `task`. */
  findDamage(task: CompactTask, context: CompactContext): Promise<readonly Damage[]>;
}

/** Reads in this thread. */
export const readHere: SpoolReading = {
  compact: compactPartition,
  findDamage: ({ key, sources }, { arena, raw }) =>
    findDamage(raw, sources, {
      arena,
      dataset: datasetOf(key.stream),
      concurrency: INSPECT_CONCURRENCY,
      onFile: () => Promise.resolve(),
    }),
};
