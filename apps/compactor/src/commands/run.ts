import { defineCommand, type CommandContext } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { parseShard, type DayRequest } from '@ticklake/jobs';
import {
  defaultScratch,
  countRequests,
  nodeFileSystem,
  ownerText,
  readOnly,
  openScratch,
  type ObjectStore,
} from '@ticklake/storage';
import { runConfig, type RunConfig } from '../config/run.js';
import { compactScope, type CompactSummary } from '../job.js';
import { actualText, estimateText } from '../cost-text.js';
import { rangeText } from '../day-range.js';
import { filterOf } from '../filter-of.js';
import { isRefused, planCompaction, planText } from '../plan.js';
import { openReadOnly, openWritable, requireProbed } from '../open-stores.js';
import { withQualityGate } from '../quality/quality-gate.js';
import { reportedRun, type RunEnd } from '../reported-run.js';
import { actualOf, type RunActual } from '../run-actual.js';
import { openScope, type CompactRequest, type JobContext, type Scope } from '../scope.js';
import { requireSeparateRoots } from '../separate-roots.js';
import type { Settings } from '../settings.js';
import { WORKER_PROCESS, type Isolation } from '../worker-place.js';
import { createWorkers } from '../workers.js';

/** `ticklake-compactor [run]`: spool files to published partitions. */
export const runCommand = defineCommand({
  summary: 'compact spool files into one proved data.parquet per partition and day',
  config: runConfig,
  examples: [
    { does: 'every missing day up to yesterday', line: '--raw /data/spool --compact /data/lake' },
    { does: 'one day', line: 'run --raw /data/spool --compact s3://lake/published --date 2026-02-03' },
    { does: 'what a month would do', line: 'run --raw … --compact … --start 20260101 --end 20260131 --plan' },
  ],
  run: (context) => reportedRun(context, run),
});

async function run(context: CommandContext<RunConfig>): Promise<RunEnd> {
  const { config, env, clock, signal, tool, onEvent } = context;
  const startMs = clock.nowMs();
  const requests = { raw: countRequests(), compact: countRequests(), probe: countRequests() };
  const rawStore = openReadOnly(config.raw, env, requests.raw.onRequest);
  const compactStore = openWritable(config.compact, env, requests.compact.onRequest);
  const settings = settingsOf(config, compactStore, tool);
  const request = await requestOf(context);
  const { workers: count, raw, compact: target } = config;
  const isolation = isolationOf(config, settings);
  const workers = createWorkers({ workers: count, isolation, raw, compact: target, env, settings, clock });
  const jobContext: JobContext = {
    arena: createArena({ bytesMax: settings.memory }),
    raw: rawStore,
    compact: compactStore,
    settings,
    fileSystem: nodeFileSystem,
    clock,
    signal,
    owner: ownerText(),
    tool,
    onEvent,
    execute: withQualityGate(workers.execute, { gate: config.qualityGate, raw: rawStore, onEvent }),
  };
  try {
    await requireSeparateRoots(jobContext, config, { env, fileSystem: nodeFileSystem });
    if (config.plan) {
      const plan = await planCompaction(request, { ...jobContext, compact: readOnly(compactStore) });
      context.print(plan, planText(plan));
      return { outcome: isRefused(plan) ? 'failures' : 'success', summary: undefined };
    }
    const scope = await openScope(request, jobContext);
    announce(scope, context);
    await requireProbed(config.compact, env, requests.probe.onRequest);
    await openScratch(compactStore, { scratch: settings.scratch, clock });
    const summary = await compactScope(scope, jobContext);
    const tookMs = clock.nowMs() - startMs;
    const actual = actualOf({ ...requests, workers: workers.spent(), tookMs, rows: summary.rows });
    context.print({ ...summary, actual }, summaryText(summary, actual));
    const hasFailures = summary.failed + summary.incomplete > 0 || summary.unplacedFiles.length > 0;
    return { outcome: hasFailures ? 'failures' : 'success', summary };
  } finally {
    await workers.close();
  }
}

/** The configuration of a run, as far as it says how a partition is made. */
export type SettingsConfig = Pick<
  RunConfig,
  | 'workers'
  | 'memory'
  | 'openMax'
  | 'rowGroupRows'
  | 'pageRows'
  | 'compression'
  | 'zstdLevel'
  | 'copyPages'
  | 'scratch'
  | 'tsUnit'
>;

/** How each of the workers makes its partitions; memory is shared out among them. */
export function settingsOf(config: SettingsConfig, compactStore: ObjectStore, createdBy: string): Settings {
  const memory = Math.floor(config.memory / config.workers);
  return {
    memory,
    openMax: config.openMax,
    rowGroupRows: config.rowGroupRows,
    pageRows: config.pageRows,
    dictionaryBytesMax: 1024 * 1024,
    sortRows: Math.max(10_000, Math.floor(memory / 1024)),
    compression: config.compression,
    zstdLevel: config.zstdLevel,
    copyPages: config.copyPages,
    scratch: config.scratch ?? defaultScratch(compactStore),
    createdBy,
    tsUnit: config.tsUnit,
  };
}

/** The budget of a worker bounds what it holds; the allowance beyond it is for the program itself. */
function isolationOf(config: RunConfig, { memory }: Settings): Isolation | undefined {
  if (!config.isolate) return undefined;
  return {
    silenceMs: config.isolateTimeout,
    residentBytesMax: memory + config.isolateMemory,
    script: WORKER_PROCESS,
  };
}

/** The range is told before anything is done about it (spec row CM-11). */
function announce({ request, days, daysLeft }: Scope, { onEvent }: CommandContext<RunConfig>): void {
  onEvent({
    type: 'note',
    severity: 'info',
    message: `mode ${request.days.mode}: ${rangeText(days)}`,
    details: { days: days.length, ...(daysLeft > 0 ? { daysLeft } : {}) },
  });
}

async function requestOf(context: CommandContext<RunConfig>): Promise<CompactRequest> {
  const { config } = context;
  return {
    days: dayRequest(config),
    filter: await filterOf(context),
    selection: {
      order: config.order,
      daysMax: config.maxDays,
      partitionsMax: config.maxPartitions,
      shard: config.shard === undefined ? undefined : parseShard(config.shard),
    },
    overwrite: config.overwrite,
    onCorrupt: config.onCorrupt,
    retryQuarantine: config.retryQuarantine,
    confirmed: config.yes,
    fresh: config.fresh,
    lateDays: config.lateDays,
    workers: config.workers,
  };
}

/** The mode may be left out where the dates say it. */
export function dayRequest(config: Pick<RunConfig, 'mode' | 'date' | 'dateFrom' | 'dateTo'>): DayRequest {
  const { date, dateFrom, dateTo } = config;
  const implied = date !== undefined ? 'single' : dateFrom !== undefined ? 'backfill' : 'catch-up';
  const mode = config.mode ?? implied;
  if (date !== undefined && mode !== 'single') throw unused('--date', 'single');
  if ((dateFrom !== undefined || dateTo !== undefined) && mode !== 'backfill') {
    throw unused('--date-from and --date-to', 'backfill');
  }
  switch (mode) {
    case 'catch-up':
    case 'daily':
      return { mode };
    case 'single':
      if (date === undefined) throw needed('single', '--date');
      return { mode, day: date };
    case 'backfill':
      if (dateFrom === undefined) throw needed('backfill', '--date-from');
      return { mode, fromDay: dateFrom, toDay: dateTo };
  }
}

function unused(flags: string, mode: string): LakeError {
  return new LakeError('invalid', `${flags} goes with --mode ${mode}`);
}

function needed(mode: string, flag: string): LakeError {
  return new LakeError('invalid', `--mode ${mode} needs ${flag}`);
}

function summaryText(summary: CompactSummary, actual: RunActual): string {
  const { days, daysLeft, leftOver, done, skipped, failed, cancelled, rows } = summary;
  const lines = [
    `${rangeText(days)}: ${done} compacted (${rows} rows), ${skipped} skipped, ${failed} failed${cancelled > 0 ? `, ${cancelled} cancelled` : ''}`,
    `last compacted day: ${summary.lastCompactedDay ?? 'none'}; ${summary.listCount} list requests, ${summary.ignoredFiles} files ignored`,
  ];
  if (summary.incomplete > 0) lines.push(`${summary.incomplete} published without their damaged files`);
  if (leftOver + daysLeft > 0) lines.push(`left for another run: ${leftOver} partitions, ${daysLeft} days`);
  lines.push(`planned: ${estimateText(summary.planned)}`, `actual:  ${actualText(actual)}`);
  for (const key of summary.unplacedFiles) lines.push(`no day in the name of ${key}`);
  return lines.join('\n');
}
