import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { logConfig, type LogConfig } from '../config/log.js';
import { daysOf } from '../days-of.js';
import { filterOf } from '../filter-of.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { openReadOnly } from '../open-stores.js';
import { logPartition, logText, type PartitionLog } from '../partition-log.js';
import { publishedPartitions } from '../published-partitions.js';

/** `ticklake-compactor log`: the generations of partitions that are still there (spec row CM-13). */
export const logCommand = defineCommand({
  summary: 'list the generations of published partitions that are still there',
  config: logConfig,
  run: log,
});

async function log(context: CommandContext<LogConfig>): Promise<CommandOutcome> {
  const { config, env, signal, print } = context;
  const compact = openReadOnly(config.compact, env);
  const filter = { ...(await filterOf(context)), includesDay: daysOf(config) };
  const arena = createArena({ bytesMax: VERIFY_MEMORY_BYTES });
  const logs: PartitionLog[] = [];
  for await (const { key } of publishedPartitions(compact, filter, signal)) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while reading footers');
    logs.push(await logPartition(compact, key, arena));
  }
  if (logs.length === 0) throw new LakeError('missing', 'no published partition matches');
  print({ partitions: logs }, logText(logs));
  return 'success';
}
