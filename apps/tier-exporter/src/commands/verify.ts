import { basename, dirname, resolve } from 'node:path';
import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { addDays, dayOfMs, LakeError, startOfDayMs, type UtcDay } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { verifyConfig, type VerifyConfig } from '../config/verify.js';
import { openReadOnly } from '../open-stores.js';
import { judged, statusOf, verdictText } from '../report/judgement.js';
import { junitReport } from '../report/junit.js';
import { markdownReport } from '../report/markdown.js';
import { USUAL_NULLS } from '../tiers/verify/null-counts.js';
import type { TierNumber } from '../tiers/verify/verdict.js';
import type { DayInputs } from '../tiers/tier2/read-days.js';
import { findLocal, TIER_DATASETS, verifyDatasets, type DatasetToVerify } from '../verify-datasets.js';

/** `ticklake-tier-exporter verify`: every byte of what is exported, against its manifest and what is usual. */
export const verifyCommand = defineCommand({
  summary: 'read exported days, or weeks, through and judge them (tier 3, or 2)',
  config: verifyConfig,
  examples: [
    { does: 'a local export', line: 'verify --local output/tier3_daily' },
    { does: 'one day of it, every row', line: 'verify --local output/tier3_daily/2026-01-15 --full' },
    {
      does: 'weeks, and whether their days have the same rows',
      line: 'verify --tier 2 --local output/tier2_weekly --input-dir output/tier3_daily',
    },
    { does: 'what is published', line: 'verify --remote --bucket r2://datasets --date 2026-01-15 --strict' },
  ],
  run,
});

async function run(context: CommandContext<VerifyConfig>): Promise<CommandOutcome> {
  const { config, signal } = context;
  const datasets = await datasetsOf(context);
  const verdicts = await verifyDatasets(datasets, {
    arena: createArena({ bytesMax: config.memory }),
    sample: { rows: config.full ? 'all' : config.sample, seed: config.seed },
    sizeMinBytes: config.sizeMin,
    nulls: {
      ratioMax: { ...USUAL_NULLS.ratioMax, ...config.nullRatioMax },
      driftMax: config.nullDriftMax,
    },
    inputs: inputsOf(context),
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

async function datasetsOf({
  config,
  env,
  clock,
}: CommandContext<VerifyConfig>): Promise<readonly DatasetToVerify[]> {
  const { local, remote, bucket, tier } = config;
  if ((local === undefined) === !remote) {
    throw new LakeError('invalid', 'verify takes either --local or --remote', { code: 'USAGE' });
  }
  const dates = [...new Set(config.date)].sort();
  if (local !== undefined) return findLocal(openReadOnly(local, env), { path: local, dates, tier });
  if (bucket === undefined) throw new LakeError('invalid', '--remote needs --bucket', { code: 'USAGE' });
  const store = openReadOnly(bucket, env);
  const days = dates.length > 0 ? dates : [newestDay(tier, dayOfMs(clock.nowMs()))];
  return days.map((day) => TIER_DATASETS[tier].remote(store, day));
}

/** Yesterday; of weeks, which the schedule ends on Sundays, the last one that is over (C-20). */
function newestDay(tier: TierNumber, today: UtcDay): UtcDay {
  const yesterday = addDays(today, -1);
  return tier === 3 ? yesterday : addDays(yesterday, -new Date(startOfDayMs(yesterday)).getUTCDay());
}

/** Where the days of a week are; a local export is nearer than a bucket. */
function inputsOf({ config, env }: CommandContext<VerifyConfig>): DayInputs | undefined {
  const { inputDir, bucket } = config;
  if (inputDir !== undefined) return { store: openReadOnly(inputDir, env), isExport: true };
  return bucket === undefined ? undefined : { store: openReadOnly(bucket, env), isExport: false };
}

/** A reader sees the old report or the new one, whole. */
async function writeReport(path: string, text: string): Promise<void> {
  const whole = resolve(path);
  await localStore(dirname(whole)).put(basename(whole), new TextEncoder().encode(text));
}
