import { isLakeError } from '@ticklake/core';
import { readQuarantine, type QuarantineDocument } from '@ticklake/jobs';
import { withPrefix, type ObjectStore } from '@ticklake/storage';
import type { PartitionFilter } from './discover-partitions.js';
import { quarantineDirectory, type PartitionKey } from './partition-key.js';
import { publishedPartitions } from './published-partitions.js';

/** A partition that was not published, or not brought up to date, because of damaged files. */
export interface QuarantinedPartition {
  readonly key: PartitionKey;
  /** `undefined` when its `error.json` cannot be understood. */
  readonly record: QuarantineDocument | undefined;
}

/** The partitions in the quarantine that `filter` wants and that nothing has resolved since, in byte order of prefix. */
export async function* quarantinedPartitions(
  compact: ObjectStore,
  filter: PartitionFilter,
  signal: AbortSignal,
): AsyncGenerator<QuarantinedPartition> {
  const below = withPrefix(compact, 'QUARANTINE/');
  for await (const { key } of publishedPartitions(below, filter, signal)) {
    try {
      const record = await readQuarantine(compact, quarantineDirectory(key));
      if (record !== undefined && record.resolved_at === null) yield { key, record };
    } catch (error) {
      if (!isLakeError(error, 'invalid')) throw error;
      yield { key, record: undefined };
    }
  }
}
