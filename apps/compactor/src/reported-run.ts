import { hostname } from 'node:os';
import {
  CANCELLED_EXIT_CODE,
  createRedactor,
  readMetricsFile,
  writeMetricsFile,
  type CommandContext,
  type CommandEnd,
  type CommandOutcome,
} from '@ticklake/cli-kit';
import { errorText, isLakeError } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import { parseHookUrl, postJson } from '@ticklake/storage';
import type { RunConfig } from './config/run.js';
import type { CompactSummary } from './job.js';
import { WEBHOOK } from './limits.js';
import { runMetrics } from './run-metrics.js';
import { createRunTally, type RunReport } from './run-report.js';
import { webhookBody } from './webhook-body.js';

/** How a run ended that threw nothing. */
export interface RunEnd {
  readonly outcome: CommandOutcome;
  /** Absent when it was only to plan. */
  readonly summary: CompactSummary | undefined;
}

type RunContext = CommandContext<RunConfig>;

/**
 * Does `run` and then tells how it ended to `--metrics-file` and `--webhook`, also when it failed. What goes wrong with telling is a
 * warning, and changes neither what the run returns nor what it throws. A plan is not told: nothing ran.
 *
 * @throws LakeError `invalid` (`ENDPOINT`) for an address of a webhook that is none, before anything is done; and whatever `run` throws.
 */
export async function reportedRun(
  context: RunContext,
  run: (context: RunContext) => Promise<RunEnd>,
): Promise<CommandOutcome> {
  const { config, clock, signal } = context;
  const hook = config.webhook === undefined ? undefined : parseHookUrl(config.webhook);
  if (config.plan) return (await run(context)).outcome;
  const tally = createRunTally();
  const startedAtMs = clock.nowMs();
  const onEvent = (event: JobEvent) => {
    tally.event(event);
    context.onEvent(event);
  };
  const { end, summary } = await settle(() => run({ ...context, onEvent }));
  const report = tally.report({ startedAtMs, endedAtMs: clock.nowMs(), end, summary, signal });
  await warnOfFailure(context, 'the metrics file was not written', () =>
    keepMetrics(config.metricsFile, report),
  );
  await warnOfFailure(context, 'the webhook was not told', () => tellWebhook(hook, report, context));
  if ('error' in end) throw end.error;
  return end.outcome;
}

async function settle(
  run: () => Promise<RunEnd>,
): Promise<{ readonly end: CommandEnd; readonly summary: CompactSummary | undefined }> {
  try {
    const { outcome, summary } = await run();
    return { end: { outcome }, summary };
  } catch (error) {
    return { end: { error }, summary: undefined };
  }
}

async function keepMetrics(path: string | undefined, report: RunReport): Promise<void> {
  if (path === undefined) return;
  await writeMetricsFile(path, runMetrics(report, await readMetricsFile(path)));
}

/** Who stopped a run knows that it was stopped, and does not want to wait for a webhook. */
async function tellWebhook(hook: URL | undefined, report: RunReport, context: RunContext): Promise<void> {
  const { config, env, clock, tool } = context;
  if (hook === undefined || report.exitCode === CANCELLED_EXIT_CODE) return;
  if (report.exitCode === 0 && config.webhookOn === 'failure') return;
  const redact = createRedactor(env, [hook.href, config.webhook ?? '']);
  await postJson(hook, webhookBody(report, { app: tool, host: hostname(), redact }), { ...WEBHOOK, clock });
}

/** A bug in telling is thrown like any other. */
async function warnOfFailure(
  { onEvent }: RunContext,
  message: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isLakeError(error)) throw error;
    onEvent({ type: 'note', severity: 'warning', message, details: { reason: errorText(error) } });
  }
}
