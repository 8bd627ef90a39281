import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { addDays, dayOfMs, daysBetween } from '@ticklake/core';
import { reportConfig, type ReportConfig } from '../config/quality-report.js';
import { filterOf } from '../filter-of.js';
import { openReadOnly } from '../open-stores.js';
import { reportQuality, reportText } from '../quality.js';

/** `ticklake-compactor --quality-report`: how the last days stand (spec row CM-14). */
export const qualityReportCommand = defineCommand({
  summary: 'how the partitions of the last days stand',
  config: reportConfig,
  flag: 'quality-report',
  run: report,
});

async function report(context: CommandContext<ReportConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal } = context;
  const today = dayOfMs(clock.nowMs());
  const quality = await reportQuality({
    compact: openReadOnly(config.compact, env),
    raw: config.raw === undefined ? undefined : openReadOnly(config.raw, env),
    days: daysBetween(addDays(today, -config.days), addDays(today, -1)),
    filter: await filterOf(context),
    signal,
  });
  context.print(quality, reportText(quality));
  const isTroubled = quality.days.some(
    ({ stale, quarantined, unreadable }) => stale.length + quarantined.length + unreadable.length > 0,
  );
  return isTroubled ? 'failures' : 'success';
}
