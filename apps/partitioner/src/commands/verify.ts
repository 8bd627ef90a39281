import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { dayRange } from './day-range.js';
import { verifyConfig, type VerifyConfig } from '../config/lake.js';
import { listPartitions } from '../partitions/list-partitions.js';
import { verifyPartition, type PartitionVerdict } from '../verify/verify-partition.js';
import { openLakeTier } from './open-lake-tier.js';

/** `ticklake-partitioner verify`: every byte of partitions and of their copies, against their manifests. */
export const verifyCommand = defineCommand({
  summary: 'read partitions and their copies through, and judge them',
  config: verifyConfig,
  positionals: ['tier'],
  examples: [
    { does: 'all ticks of a lake', line: 'verify execution --lake /data/lake' },
    { does: 'candles of a month', line: 'verify ml --lake s3://lake --date 2023-05-01 --date-to 2023-05-31' },
  ],
  run,
});

async function run({
  config,
  env,
  signal,
  print,
  onEvent,
}: CommandContext<VerifyConfig>): Promise<CommandOutcome> {
  const { memory } = config;
  const days = dayRange(config);
  const { store, layout } = await openLakeTier(config, env);
  const tools = { store, layout, signal, arena: createArena({ bytesMax: memory }) };
  let [partitions, rows, failed] = [0, 0, 0];
  for await (const listed of listPartitions(store, layout)) {
    const { day } = listed.names;
    if (days !== undefined && (day < days.from || day > days.to)) continue;
    const verdict = await verifyPartition(listed, tools);
    partitions++;
    rows += verdict.rows ?? 0;
    if (verdict.findings.some(({ severity }) => severity === 'error')) failed++;
    if (verdict.findings.length > 0) print(verdictResult(verdict), verdictText(verdict));
    onEvent({ type: 'progress', taskId: 'verify', rowsDone: rows });
  }
  print(
    { partitions, rows, failed },
    `${partitions} partitions, ${rows} rows, ${failed} not as they should be`,
  );
  return failed > 0 ? 'findings' : 'success';
}

function verdictResult({ path, findings }: PartitionVerdict): unknown {
  return { path, findings };
}

function verdictText({ path, findings }: PartitionVerdict): string {
  const lines = findings.map(({ check, severity, message, details }) => {
    const values = Object.entries(details).map(([key, value]) => `${key}=${String(value)}`);
    return `  ${severity} ${check}: ${[message, ...values].join(' ')}`;
  });
  return [path, ...lines].join('\n');
}
