import { isLakeError, mapBounded } from '@ticklake/core';
import type { SpoolPartition } from './discover-partitions.js';
import { planScope, type CompactRequest, type JobContext } from './scope.js';
import { INSPECT_CONCURRENCY } from './limits.js';
import { partitionId } from './partition-key.js';
import { decidePartition, type Decision } from './partition-task.js';

/** A partition as a run would treat it. */
export interface PlannedPartition {
  readonly partition: string;
  readonly action: 'compact' | 'replace' | 'skip' | 'refuse';
  /** Why it would be refused. */
  readonly reason: string | undefined;
  readonly files: number;
  readonly sizeBytes: number;
}

/** What a run would do; nothing was written to find out. */
export interface CompactionPlan {
  readonly days: readonly string[];
  readonly partitions: readonly PlannedPartition[];
  readonly listCount: number;
  readonly unplacedFiles: readonly string[];
}

/** The plan of `request` as a value: to be printed, tested or priced (spec row CM-33). */
export async function planCompaction(request: CompactRequest, context: JobContext): Promise<CompactionPlan> {
  const { days, discovery, policy, selected } = await planScope(request, context);
  const found: SpoolPartition[] = [];
  for await (const partition of selected.partitions()) found.push(partition);
  const decideOrRefuse = async (partition: SpoolPartition): Promise<Decision> => {
    try {
      return await decidePartition(context.compact, partition, policy);
    } catch (error) {
      if (isLakeError(error, 'corrupt') || isLakeError(error, 'invalid')) return { action: 'refuse', error };
      throw error;
    }
  };
  const partitions = await mapBounded(found, INSPECT_CONCURRENCY, async (partition) => {
    const decision = await decideOrRefuse(partition);
    const replaces = decision.action === 'compact' && decision.replace;
    return {
      partition: partitionId(partition.key),
      action: replaces ? ('replace' as const) : decision.action,
      reason: decision.action === 'refuse' ? decision.error.message : undefined,
      files: partition.sources.length,
      sizeBytes: partition.sources.reduce((sum, source) => sum + source.size, 0),
    };
  });
  return { days, partitions, listCount: discovery.listCount, unplacedFiles: discovery.unplaced };
}

/** One line a partition, then the totals. */
export function planText({ partitions, days, listCount, unplacedFiles }: CompactionPlan): string {
  const lines = partitions.map(
    ({ partition, action, files, sizeBytes, reason }) =>
      `${action.padEnd(8)} ${partition}  files=${files} bytes=${sizeBytes}${reason === undefined ? '' : `  ${reason}`}`,
  );
  const work = partitions.filter(({ action }) => action === 'compact' || action === 'replace');
  const files = work.reduce((sum, partition) => sum + partition.files, 0);
  const bytes = work.reduce((sum, partition) => sum + partition.sizeBytes, 0);
  lines.push(
    `${days.length} days, ${work.length} of ${partitions.length} partitions to compact: ${files} files, ${bytes} bytes; ${listCount} list requests`,
    ...unplacedFiles.map((key) => `no day in the name of ${key}`),
  );
  return lines.join('\n');
}
