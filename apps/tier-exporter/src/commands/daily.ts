import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { addDays, dayOfMs, type UtcDay } from '@ticklake/core';
import { openScratch } from '@ticklake/storage';
import { dailyConfig, type DailyConfig } from '../config/daily.js';
import { planDaily, runDaily, type DailySummary, type PlannedDay } from '../daily-job.js';
import { SECOND_THREAD_BYTES_MIN, SECOND_THREAD_MEMORY_MIN } from '../limits.js';
import { openReadOnly, openWritable, requireProbed } from '../open-stores.js';
import { keepCores } from '../keep-cores.js';
import { startDayThread, type DayThread } from '../thread/start-day-thread.js';
import type { ExportedDay } from '../tiers/tier3/export-day.js';
import { uploadBucket } from '../upload-flags.js';

/** `ticklake-tier-exporter daily`: a day of the archive to a day of tier 3. */
export const dailyCommand = defineCommand({
  summary: 'export days of the archive as one proved Parquet file each (tier 3)',
  config: dailyConfig,
  examples: [
    { does: 'yesterday, into output/tier3_daily', line: 'daily --archive /data/archive' },
    {
      does: 'two days, published in R2',
      line: 'daily --archive /data/archive --date 2026-01-14 --date 2026-01-15 --upload --bucket r2://datasets',
    },
    { does: 'which hours there are', line: 'daily --archive /data/archive --date 2026-01-15 --plan' },
  ],
  run,
});

async function run(context: CommandContext<DailyConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal, tool, onEvent } = context;
  keepCores();
  const bucketUrl = uploadBucket(config);
  const days = daysOf(config, dayOfMs(clock.nowMs()));
  const archive = openReadOnly(config.archive, env);
  if (config.plan) {
    const plan = await planDaily(days, { archive });
    context.print(plan, plan.map(plannedText).join('\n'));
    return 'success';
  }
  const output = openWritable(config.outputDir, env);
  await requireProbed(config.outputDir, env);
  if (bucketUrl !== undefined) await requireProbed(bucketUrl, env);
  const scratchDirectory = await openScratch(output, { scratch: config.scratch, clock });
  const summary = await runDaily(days, {
    arena: createArena({ bytesMax: config.memory }),
    archive,
    output,
    bucket: bucketUrl === undefined ? undefined : openWritable(bucketUrl, env),
    ...{ allowIncomplete: config.allowIncomplete, overwrite: config.overwrite, scratchDirectory },
    ...{ clock, tool, signal, onEvent, threadFor: threadsOf(config) },
  });
  // Of a single day the kind of failure is the exit code: a guard says 13, so that a timer tries again.
  const [failure] = summary.failures.values();
  if (failure !== undefined && days.length === 1) throw failure;
  context.print(resultOf(summary), summary.exported.map(exportedText).join('\n'));
  return summary.failed > 0 ? 'failures' : 'success';
}

function threadsOf({ threads, memory }: DailyConfig): (sizeBytes: number) => DayThread | undefined {
  const mayStart = threads === 2 && memory >= SECOND_THREAD_MEMORY_MIN;
  return (sizeBytes) => (mayStart && sizeBytes >= SECOND_THREAD_BYTES_MIN ? startDayThread() : undefined);
}

/** Ascending, each once; yesterday where none is named (T3-05, T3-06). */
function daysOf({ date }: DailyConfig, today: UtcDay): readonly UtcDay[] {
  return date.length === 0 ? [addDays(today, -1)] : [...new Set(date)].sort();
}

function resultOf({ exported, failures, done, skipped, failed }: DailySummary): unknown {
  const days = exported.map(({ day, local, uploaded }) => ({
    day,
    status: local.status,
    uploaded: uploaded?.status ?? null,
    rows: local.facts.rowCount,
    sizeBytes: local.facts.sizeBytes,
    sha256: local.facts.sha256,
    complete: local.manifest.complete,
    unknownKeys: local.manifest.unknown_keys,
  }));
  return { done, skipped, failed, days, failures: Object.fromEntries(failures) };
}

function exportedText({ day, local, uploaded }: ExportedDay): string {
  const { facts, manifest, status } = local;
  const hours = manifest.complete ? '24 hours' : `${manifest.hours_found} of 24 hours`;
  const upload = uploaded === undefined ? '' : `; in the bucket: ${uploaded.status}`;
  return `${day}: ${status}, ${facts.rowCount} entries of ${hours}, ${facts.sizeBytes} bytes${upload}`;
}

function plannedText({ day, hours, missingHours, ignoredFiles, sizeBytes }: PlannedDay): string {
  const missing = missingHours.length === 0 ? '' : `, missing hours [${missingHours.join(', ')}]`;
  const ignored = ignoredFiles.length === 0 ? '' : `, ignored: ${ignoredFiles.join(', ')}`;
  return `${day}: ${hours} hours, ${sizeBytes} bytes${missing}${ignored}`;
}
