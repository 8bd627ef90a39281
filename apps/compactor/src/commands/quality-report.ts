import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { addDays, dayOfMs, daysBetween, LakeError, type UtcDay } from '@ticklake/core';
import { reportConfig, type ReportConfig } from '../config/quality-report.js';
import { filterOf } from '../filter-of.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { openReadOnly } from '../open-stores.js';
import { writePage } from '../quality/html/write-page.js';
import { reportQuality } from '../quality/report-quality.js';
import { reportText } from '../quality/report-text.js';
import { silenceThresholdMs } from '../quality/silence-thresholds.js';
import { hasFailure } from '../quality/troubles.js';

/** `ticklake-compactor --quality-report`: how the last days stand (spec row CM-14). */
export const qualityReportCommand = defineCommand({
  summary: 'how the partitions of the last days stand: gaps, late files, damage, quality',
  config: reportConfig,
  flag: 'quality-report',
  run: report,
});

async function report(context: CommandContext<ReportConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal } = context;
  const { silence } = config;
  const quality = await reportQuality({
    compact: openReadOnly(config.compact, env),
    raw: config.raw === undefined ? undefined : openReadOnly(config.raw, env),
    days: reportDays(config, dayOfMs(clock.nowMs())),
    filter: await filterOf(context),
    scan: config.scan,
    silenceMs: silence === undefined ? silenceThresholdMs : () => silence,
    arena: createArena({ bytesMax: VERIFY_MEMORY_BYTES }),
    signal,
  });
  if (config.html !== undefined) {
    // A large library, and most reports do without it.
    const { reportPage } = await import('../quality/html/report-page.js');
    await writePage(config.html, reportPage(quality, { tool: context.tool }));
  }
  context.print(quality, reportText(quality));
  return hasFailure(quality, config.failOn) ? 'failures' : 'success';
}

const DAYS = 14;

/**
 * The days of a report, ascending.
 *
 * @throws LakeError `invalid` when they are told in two ways, or end before they begin.
 */
export function reportDays(
  { days, dateFrom, dateTo }: Pick<ReportConfig, 'days' | 'dateFrom' | 'dateTo'>,
  today: UtcDay,
): UtcDay[] {
  if (dateFrom === undefined) {
    if (dateTo !== undefined) throw new LakeError('invalid', '--date-to needs --date-from');
    return daysBetween(addDays(today, -(days ?? DAYS)), addDays(today, -1));
  }
  if (days !== undefined) throw new LakeError('invalid', '--days and --date-from exclude each other');
  const last = dateTo ?? dateFrom;
  if (last < dateFrom) throw new LakeError('invalid', '--date-to is before --date-from');
  return daysBetween(dateFrom, last);
}
