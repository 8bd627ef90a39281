import { basename, dirname, resolve } from 'node:path';
import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { addDays, dayOfMs, LakeError } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { verifyConfig, type VerifyConfig } from '../config/verify.js';
import { openReadOnly } from '../open-stores.js';
import { judged, statusOf, verdictText } from '../report/judgement.js';
import { junitReport } from '../report/junit.js';
import { markdownReport } from '../report/markdown.js';
import { findLocalDays, remoteDays, verifyDays, type DayToVerify } from '../verify-days.js';

/** `ticklake-tier-exporter verify`: every byte of what is exported, against its manifest and what is usual. */
export const verifyCommand = defineCommand({
  summary: 'read exported days through and judge them (tier 3)',
  config: verifyConfig,
  examples: [
    { does: 'a local export', line: 'verify --local output/tier3_daily' },
    { does: 'one day of it, every row', line: 'verify --local output/tier3_daily/2026-01-15 --full' },
    { does: 'what is published', line: 'verify --remote --bucket r2://datasets --date 2026-01-15 --strict' },
  ],
  run,
});

async function run(context: CommandContext<VerifyConfig>): Promise<CommandOutcome> {
  const { config, signal } = context;
  const days = await daysOf(context);
  const verdicts = await verifyDays(days, {
    arena: createArena({ bytesMax: config.memory }),
    sample: { rows: config.full ? 'all' : config.sample, seed: config.seed },
    sizeMinBytes: config.sizeMin,
    signal,
    onVerdict(verdict) {
      const told = judged(verdict, config);
      context.print({ ...told, status: statusOf(told) }, verdictText(told));
      return told;
    },
  });
  if (config.junit !== undefined) await writeReport(config.junit, junitReport(verdicts));
  if (config.markdown !== undefined) await writeReport(config.markdown, markdownReport(verdicts));
  return verdicts.some((verdict) => statusOf(verdict) === 'FAIL') ? 'findings' : 'success';
}

async function daysOf({ config, env, clock }: CommandContext<VerifyConfig>): Promise<readonly DayToVerify[]> {
  const { local, remote, bucket } = config;
  if ((local === undefined) === !remote) {
    throw new LakeError('invalid', 'verify takes either --local or --remote', { code: 'USAGE' });
  }
  const dates = [...new Set(config.date)].sort();
  if (local !== undefined) return findLocalDays(openReadOnly(local, env), { path: local, dates });
  if (bucket === undefined) throw new LakeError('invalid', '--remote needs --bucket', { code: 'USAGE' });
  const yesterday = addDays(dayOfMs(clock.nowMs()), -1);
  return remoteDays(openReadOnly(bucket, env), dates.length > 0 ? dates : [yesterday]);
}

/** A reader sees the old report or the new one, whole. */
async function writeReport(path: string, text: string): Promise<void> {
  const whole = resolve(path);
  await localStore(dirname(whole)).put(basename(whole), new TextEncoder().encode(text));
}
