import { defineCommand, writeMetricsFile, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { LakeError, type UtcDay } from '@ticklake/core';
import { openStore, readOnly, type ObjectStore } from '@ticklake/storage';
import { healthConfig, type HealthConfig } from '../config/health.js';
import { healthMetrics, healthText, judgeHealth, judgeReadiness } from '../health.js';
import { MONITOR_REQUESTS } from '../limits.js';

/** `ticklake-compactor health`: whether the lake is fresh, for a monitor (spec row OP-20). */
export const healthCommand = defineCommand({
  summary: 'tell a monitor whether the last compacted day is recent enough',
  config: healthConfig,
  examples: [
    { does: 'for a monitor', line: 'health --compact /data/lake --max-lag 28h' },
    { does: 'before a job that needs the day', line: 'health --compact /data/lake --target 20260203' },
  ],
  run: health,
});

async function health(context: CommandContext<HealthConfig>): Promise<CommandOutcome> {
  const { config, env, clock } = context;
  const compact = readOnly(openStore(config.compact, { env, requests: MONITOR_REQUESTS }));
  if (config.target !== undefined) return readiness(context, compact, config.target);
  const nowMs = clock.nowMs();
  const failOn = config.failOn.filter((trouble) => trouble !== 'none');
  const verdict = await judgeHealth(compact, { failOn, maxLagMs: config.maxLag, nowMs });
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  context.print(verdict, healthText(verdict, timeZone));
  if (config.metricsFile !== undefined)
    await writeMetricsFile(config.metricsFile, healthMetrics(verdict, nowMs));
  return verdict.status === 'OK' ? 'success' : 'failures';
}

async function readiness(
  { config, print }: CommandContext<HealthConfig>,
  compact: ObjectStore,
  target: UtcDay,
): Promise<CommandOutcome> {
  if (config.metricsFile !== undefined) {
    throw new LakeError('invalid', '--metrics-file does not go with --target');
  }
  const verdict = await judgeReadiness(compact, target);
  print(verdict, `${verdict.status} ${verdict.target_date}: ${verdict.reason}`);
  return verdict.status === 'READY' ? 'success' : 'failures';
}
