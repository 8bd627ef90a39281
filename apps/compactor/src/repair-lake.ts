import { LakeError } from '@ticklake/core';
import type { PartitionFilter } from './discover-partitions.js';
import { publishedPartitions } from './published-partitions.js';
import { repairPartition, type Repair, type RepairContext } from './repair-partition.js';

/** {@link repairPartition} of every partition that `filter` wants, one after another. */
export async function repairLake(filter: PartitionFilter, context: RepairContext): Promise<Repair[]> {
  const repairs: Repair[] = [];
  for await (const { key } of publishedPartitions(context.compact, filter, context.signal)) {
    if (context.signal.aborted) throw new LakeError('cancelled', 'cancelled while repairing');
    repairs.push(await repairPartition(key, context));
  }
  return repairs;
}

/** A line for each partition that is not sound, and one for what is wrong with it; then the totals. */
export function repairText(repairs: readonly Repair[], { apply }: { readonly apply: boolean }): string {
  const broken = repairs.filter(({ outcome }) => outcome !== 'sound');
  const lines = broken.flatMap(({ partition, outcome, reason, findings }) => [
    `${outcome.padEnd(10)} ${partition}  ${reason}`,
    ...findings.map(({ check, message }) => `           ${check}: ${message}`),
  ]);
  const count = (outcome: Repair['outcome']) => repairs.filter((repair) => repair.outcome === outcome).length;
  const done = apply ? `${count('repaired')} repaired` : `${count('repairable')} can be repaired`;
  lines.push(`${repairs.length} partitions: ${count('sound')} sound, ${done}, ${count('refused')} refused`);
  if (!apply && count('repairable') > 0) lines.push('nothing was written: run with --apply');
  return lines.join('\n');
}
