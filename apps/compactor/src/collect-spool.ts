import { collectSources, type CollectContext, type Collection } from './collect-sources.js';
import { discoverPartitions, type PartitionFilter } from './discover-partitions.js';

/** What a collection of the spool came to. */
export interface SpoolCollection {
  readonly applied: boolean;
  /** Of every partition that has files in the spool, in byte order of prefix. */
  readonly partitions: readonly Collection[];
  /** Files that are gone, or would be. */
  readonly files: number;
  readonly bytes: number;
  /** Whether `filesMax` kept some from going. */
  readonly isCapped: boolean;
}

/**
 * {@link collectSources} of every partition that `filter` wants, one after another; days that are not over are for the filter to keep out.
 *
 * @param context - Its `filesMax` holds for all of them together.
 * @throws LakeError whatever {@link collectSources} throws.
 */
export async function collectSpool(
  filter: PartitionFilter,
  context: CollectContext,
): Promise<SpoolCollection> {
  const partitions: Collection[] = [];
  let files = 0;
  let bytes = 0;
  let isCapped = false;
  for await (const partition of discoverPartitions(context.raw, filter, context.signal).partitions()) {
    if (files >= context.filesMax) {
      isCapped = true;
      break;
    }
    const filesMax = context.filesMax - files;
    const collection = await collectSources(partition, { ...context, filesMax });
    const isGoing = collection.files.length > 0;
    if (isGoing && collection.files.length < partition.sources.length) isCapped = true;
    partitions.push(collection);
    files += collection.files.length;
    bytes += collection.files.reduce((sum, { size }) => sum + size, 0);
  }
  return { applied: context.apply, partitions, files, bytes, isCapped };
}

/** A line for each file and each partition, then the totals. */
export function collectionText({ applied, partitions, files, bytes, isCapped }: SpoolCollection): string {
  const lines = partitions.flatMap(({ partition, outcome, reason, files: going }) => [
    `${outcome.padEnd(11)} ${partition}  ${reason}`,
    ...going.map(
      ({ key, size, sha256 }) =>
        `${applied ? 'deleted' : 'would delete'} ${key}  bytes=${size} sha256=${sha256}`,
    ),
  ]);
  const count = (outcome: Collection['outcome']) =>
    partitions.filter((partition) => partition.outcome === outcome).length;
  const verb = applied ? 'deleted' : 'would be deleted';
  lines.push(
    `${partitions.length} partitions: ${files} files, ${bytes} bytes ${verb}; ${count('kept')} kept, ${count('refused')} refused`,
  );
  if (isCapped) lines.push('--max-delete kept further files from going');
  if (!applied && files > 0) lines.push('nothing was deleted: run with --apply');
  return lines.join('\n');
}
