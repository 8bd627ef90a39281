import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { addDays, dayOfMs, LakeError } from '@ticklake/core';
import { expectCodec } from '@ticklake/parquet';
import { openScratch } from '@ticklake/storage';
import { weeklyConfig, type WeeklyConfig } from '../config/weekly.js';
import { PARQUET } from '../limits.js';
import { openReadOnly, openWritable, requireProbed } from '../open-stores.js';
import { buildWeek, type BuiltWeek } from '../tiers/tier2/build-week.js';
import type { DayInputs } from '../tiers/tier2/read-days.js';
import { uploadBucket } from '../upload-flags.js';

/** `ticklake-tier-exporter weekly`: seven days of tier 3 to a week of tier 2. */
export const weeklyCommand = defineCommand({
  summary: 'build a week of fewer columns from its days (tier 2)',
  config: weeklyConfig,
  examples: [
    {
      does: 'the week that ended yesterday, from a local export',
      line: 'weekly --input-dir output/tier3_daily',
    },
    {
      does: 'a week in R2, once its days are there',
      line: 'weekly --end-day 2025-12-28 --upload --bucket r2://datasets --wait-for-inputs 2h',
    },
  ],
  run,
});

async function run(context: CommandContext<WeeklyConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal, tool, onEvent } = context;
  expectCodec(PARQUET.compression);
  const bucketUrl = uploadBucket(config);
  const inputs = inputsOf(context);
  const endDay = config.endDay ?? addDays(dayOfMs(clock.nowMs()), -1);
  const output = openWritable(config.outputDir, env);
  await requireProbed(config.outputDir, env);
  if (bucketUrl !== undefined) await requireProbed(bucketUrl, env);
  const week = await buildWeek(
    { endDay, dayCount: config.days },
    {
      arena: createArena({ bytesMax: config.memory }),
      inputs,
      output,
      bucket: bucketUrl === undefined ? undefined : openWritable(bucketUrl, env),
      waitMs: config.waitForInputs,
      overwrite: config.overwrite,
      scratchDirectory: await openScratch(output, { scratch: config.scratch, clock }),
      ...{ clock, tool, signal },
      onRows: (rowsDone) => onEvent({ type: 'progress', taskId: endDay, rowsDone }),
    },
  );
  const { incomplete_days: incomplete, unclassified } = week.local.manifest;
  const warn = (message: string, details: Readonly<Record<string, unknown>>) =>
    onEvent({ type: 'note', severity: 'warning', message, details });
  if (incomplete.length > 0) warn('days of the window are not complete', { days: incomplete.join() });
  if (unclassified.length > 0) {
    warn('days have columns that nobody has decided about', { columns: unclassified.join() });
  }
  context.print(resultOf(week), weekText(week));
  return 'success';
}

function inputsOf({ config, env }: CommandContext<WeeklyConfig>): DayInputs {
  const { inputDir, bucket } = config;
  if (inputDir !== undefined) return { store: openReadOnly(inputDir, env), isExport: true };
  if (bucket !== undefined) return { store: openReadOnly(bucket, env), isExport: false };
  throw new LakeError('invalid', 'weekly reads its days from --bucket or --input-dir', { code: 'USAGE' });
}

function resultOf({ endDay, local, uploaded }: BuiltWeek): unknown {
  return {
    endDay,
    status: local.status,
    uploaded: uploaded?.status ?? null,
    rows: local.facts.rowCount,
    sizeBytes: local.facts.sizeBytes,
    sha256: local.facts.sha256,
    incompleteDays: local.manifest.incomplete_days,
  };
}

function weekText({ local, uploaded }: BuiltWeek): string {
  const { start_day, end_day, days_included } = local.manifest.window;
  const upload = uploaded === undefined ? '' : `; in the bucket: ${uploaded.status}`;
  const { rowCount, sizeBytes } = local.facts;
  return `${start_day} to ${end_day}: ${local.status}, ${rowCount} entries of ${days_included.length} days, ${sizeBytes} bytes${upload}`;
}
