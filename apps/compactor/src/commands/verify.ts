import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { LakeError, type UtcDay } from '@ticklake/core';
import { verifyConfig, type VerifyConfig } from '../config/verify.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { filterOf } from '../filter-of.js';
import { openReadOnly } from '../open-stores.js';
import { publishedPartitions } from '../published-partitions.js';
import { verifyPartition, type PartitionVerdict } from '../verify-partition.js';

/** `ticklake-compactor verify`: every byte of what is published, against its manifest and its sources. */
export const verifyCommand = defineCommand({
  summary: 'read published partitions through and hold them against their receipts',
  config: verifyConfig,
  run: verify,
});

async function verify(context: CommandContext<VerifyConfig>): Promise<CommandOutcome> {
  const { config, env, signal } = context;
  if (config.againstSources && config.raw === undefined) {
    throw new LakeError('invalid', '--against-sources needs --raw');
  }
  const compact = openReadOnly(config.compact, env);
  const raw = config.againstSources && config.raw !== undefined ? openReadOnly(config.raw, env) : undefined;
  const { date } = config;
  const filter = { ...filterOf(config), includesDay: (day: UtcDay) => date === undefined || day === date };
  const arena = createArena({ bytesMax: VERIFY_MEMORY_BYTES });
  const verdicts: PartitionVerdict[] = [];
  for await (const { key } of publishedPartitions(compact, filter, signal)) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while verifying');
    const verdict = await verifyPartition(key, { arena, compact, raw, signal });
    verdicts.push(verdict);
    context.onEvent({
      type: 'note',
      severity: 'info',
      message: 'verified',
      details: { partition: verdict.partition, findings: verdict.findings.length },
    });
  }
  if (verdicts.length === 0) throw new LakeError('missing', 'no published partition matches');
  const errors = verdicts.filter(hasErrors).length;
  context.print({ partitions: verdicts, errors }, verdictsText(verdicts));
  return errors > 0 ? 'findings' : 'success';
}

function hasErrors({ findings }: PartitionVerdict): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function verdictsText(verdicts: readonly PartitionVerdict[]): string {
  const lines = verdicts.flatMap((verdict) => [
    `${hasErrors(verdict) ? 'BAD ' : 'good'} ${verdict.partition}  rows=${verdict.facts?.rowCount ?? 'unknown'}`,
    ...verdict.findings.map(
      ({ check, severity, message, details }) =>
        `     ${severity} ${check}: ${message}${detailsText(details)}`,
    ),
  ]);
  const bad = verdicts.filter(hasErrors).length;
  return [...lines, `${verdicts.length} partitions verified, ${bad} with errors`].join('\n');
}

function detailsText(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([key, value]) => ` ${key}=${String(value)}`)
    .join('');
}
