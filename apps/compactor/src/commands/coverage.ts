import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { addDays, dayOfMs, LakeError, type UtcDay } from '@ticklake/core';
import { coverageConfig, type CoverageConfig } from '../config/coverage.js';
import { coverageOf, coverageText } from '../coverage.js';
import { filterOf } from '../filter-of.js';
import { openReadOnly } from '../open-stores.js';

/** `ticklake-compactor coverage`: which days each symbol has, and which it lacks (spec row OP-16). */
export const coverageCommand = defineCommand({
  summary: 'show which days each symbol has, and its gaps',
  config: coverageConfig,
  run: cover,
});

async function cover(context: CommandContext<CoverageConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal } = context;
  const range = daysOf(config, dayOfMs(clock.nowMs()));
  const coverage = await coverageOf({
    compact: openReadOnly(config.compact, env),
    raw: config.raw === undefined ? undefined : openReadOnly(config.raw, env),
    filter: {
      ...(await filterOf(context)),
      includesDay: (day) => day >= (range.from ?? day) && day <= range.to,
    },
    signal,
  });
  context.print(coverage, coverageText(coverage));
  return coverage.gaps > 0 && config.failOnGaps ? 'failures' : 'success';
}

/** Up to yesterday: a day that is not over lacks nothing. */
function daysOf(
  { days, dateFrom, dateTo }: CoverageConfig,
  today: UtcDay,
): { from: UtcDay | undefined; to: UtcDay } {
  const yesterday = addDays(today, -1);
  if (days !== undefined) {
    if (dateFrom === undefined && dateTo === undefined) return { from: addDays(today, -days), to: yesterday };
    throw new LakeError('invalid', '--days and --date-from or --date-to say the same thing twice');
  }
  const to = dateTo === undefined || dateTo > yesterday ? yesterday : dateTo;
  if (dateFrom === undefined || dateFrom <= to) return { from: dateFrom, to };
  throw new LakeError('invalid', 'the range ends before it starts', {
    code: 'RANGE',
    details: { from: dateFrom, to },
  });
}
