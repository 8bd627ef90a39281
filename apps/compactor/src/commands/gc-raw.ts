import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { dayOfMs, LakeError, type UtcDay } from '@ticklake/core';
import { ownerText } from '@ticklake/storage';
import { collectionText, collectSpool } from '../collect-spool.js';
import { gcRawConfig, type GcRawConfig } from '../config/gc-raw.js';
import type { PartitionFilter } from '../discover-partitions.js';
import { filterOf } from '../filter-of.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { openReadOnly, openWritable } from '../open-stores.js';

/** `ticklake-compactor gc-raw`: spool files go that a verified publication proves redundant (spec row CM-36). */
export const gcRawCommand = defineCommand({
  summary:
    'delete spool files that a verified publication proves redundant; only prints them without --apply',
  config: gcRawConfig,
  run: gcRaw,
});

async function gcRaw(context: CommandContext<GcRawConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal, onEvent } = context;
  const { apply, grace: graceMs, maxDelete: filesMax = Number.POSITIVE_INFINITY } = config;
  const open = apply ? openWritable : openReadOnly;
  const collection = await collectSpool(await wantedDays(context, dayOfMs(clock.nowMs())), {
    arena: createArena({ bytesMax: VERIFY_MEMORY_BYTES }),
    raw: open(config.raw, env),
    compact: open(config.compact, env),
    ...{ apply, graceMs, filesMax, clock, signal, onEvent },
    owner: ownerText(),
  });
  context.print(collection, collectionText(collection));
  return collection.partitions.some(({ outcome }) => outcome === 'refused') ? 'failures' : 'success';
}

/** Never today, whatever the grace. */
async function wantedDays(context: CommandContext<GcRawConfig>, today: UtcDay): Promise<PartitionFilter> {
  const { config } = context;
  const { date, dateFrom, dateTo } = config;
  if (date !== undefined && (dateFrom !== undefined || dateTo !== undefined)) {
    throw new LakeError('invalid', '--date goes without --date-from and --date-to');
  }
  if (date !== undefined && date >= today) {
    throw new LakeError('incomplete', 'a day that is not over is never collected', {
      code: 'TODAY',
      details: { day: date },
    });
  }
  const [from, to] = date === undefined ? [dateFrom, dateTo] : [date, date];
  return {
    ...(await filterOf(context)),
    includesDay: (day) =>
      day < today && (from === undefined || day >= from) && (to === undefined || day <= to),
  };
}
