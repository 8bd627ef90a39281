import { REQUESTS } from '../limits.js';
import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { addDays, dayOfMs, daysBetween } from '@ticklake/core';
import { openStore, readOnly } from '@ticklake/storage';
import { reportConfig, type ReportConfig } from '../config.js';
import { reportQuality, reportText } from '../quality.js';
import { nonEmpty } from './run.js';

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
    compact: readOnly(openStore(config.compact, { env, requests: REQUESTS })),
    raw: config.raw === undefined ? undefined : readOnly(openStore(config.raw, { env, requests: REQUESTS })),
    days: daysBetween(addDays(today, -config.days), addDays(today, -1)),
    filter: {
      exchanges: nonEmpty(config.exchange),
      streams: nonEmpty(config.stream),
      symbols: nonEmpty(config.symbol),
    },
    signal,
  });
  context.print(quality, reportText(quality));
  const isTroubled = quality.days.some(
    ({ stale, quarantined, unreadable }) => stale.length + quarantined.length + unreadable.length > 0,
  );
  return isTroubled ? 'failures' : 'success';
}
