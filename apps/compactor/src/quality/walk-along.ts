import { compactDay, compareUtf8 } from '@ticklake/core';
import type { ObjectMeta } from '@ticklake/storage';
import type { SpoolPartition } from '../discover-partitions.js';
import type { PartitionKey } from '../partition-key.js';

/** A spool that is walked beside something else in the same order, one partition in memory at a time. */
export interface SpoolWalk {
  /** The files of a partition; `undefined` when the spool has none. Keys are asked for in byte order of prefix. */
  sourcesOf(key: PartitionKey): Promise<readonly ObjectMeta[] | undefined>;
  /** Stops the walk where it stands. */
  close(): Promise<void>;
}

/** Walks `partitions`, which are in byte order of prefix, as far as is asked for. */
export function walkAlong(partitions: AsyncGenerator<SpoolPartition>): SpoolWalk {
  let next: Promise<IteratorResult<SpoolPartition, unknown>> | undefined;
  return {
    async sourcesOf(key) {
      next ??= partitions.next();
      for (let found = await next; found.done !== true; found = await next) {
        const order = compareUtf8(prefixOf(found.value.key), prefixOf(key));
        if (order === 0) return found.value.sources;
        if (order > 0) return undefined;
        next = partitions.next();
      }
      return undefined;
    },
    async close() {
      await partitions.return(undefined);
    },
  };
}

/** With the slashes, which sort among other characters of names. */
function prefixOf({ exchange, stream, symbol, day }: PartitionKey): string {
  return `${exchange}/${stream}/${symbol}/${compactDay(day)}/`;
}
