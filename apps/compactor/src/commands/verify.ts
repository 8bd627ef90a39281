import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { compactDay, dayOfMs, LakeError } from '@ticklake/core';
import { verifyConfig, type VerifyConfig } from '../config/verify.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { daysOf } from '../days-of.js';
import { filterOf } from '../filter-of.js';
import { openReadOnly } from '../open-stores.js';
import { parseSample } from '../sample.js';
import { summaryText, verdictText } from '../verdict-text.js';
import { verifyLake } from '../verify-lake.js';

/** `ticklake-compactor verify`: every byte of what is published, against its manifest and its sources. */
export const verifyCommand = defineCommand({
  summary: 'read published partitions through and hold them against their receipts',
  config: verifyConfig,
  examples: [
    { does: 'read everything again', line: 'verify --compact /data/lake' },
    {
      does: 'one day, with its spool',
      line: 'verify --compact /data/lake --date 20260203 --against-sources --raw /data/spool',
    },
  ],
  run: verify,
});

/** Prints each verdict when it is known and the summary last, so that a lake of any size fits; with `--json`, a line each. */
async function verify(context: CommandContext<VerifyConfig>): Promise<CommandOutcome> {
  const { config, env, signal, clock } = context;
  if (config.againstSources && config.raw === undefined) {
    throw new LakeError('invalid', '--against-sources needs --raw');
  }
  const sample = config.sample === undefined ? undefined : parseSample(config.sample);
  const isRandom = sample !== undefined && sample.kind !== 'part';
  const seed = config.seed ?? compactDay(dayOfMs(clock.nowMs()));
  const request = { filter: { ...(await filterOf(context)), includesDay: daysOf(config) }, sample, seed };
  const summary = await verifyLake(request, {
    arena: createArena({ bytesMax: VERIFY_MEMORY_BYTES }),
    compact: openReadOnly(config.compact, env),
    raw: config.againstSources && config.raw !== undefined ? openReadOnly(config.raw, env) : undefined,
    signal,
    onVerdict: (verdict) => context.print({ type: 'partition', ...verdict }, verdictText(verdict)),
  });
  if (summary.matching.partitions === 0) throw new LakeError('missing', 'no published partition matches');
  const told = isRandom ? `${config.sample}, seed ${seed}` : config.sample;
  context.print(
    { type: 'summary', sample: config.sample, ...(isRandom ? { seed } : {}), ...summary },
    summaryText(summary, told),
  );
  return summary.errors > 0 ? 'findings' : 'success';
}
