import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { dayOfMs, LakeError } from '@ticklake/core';
import { ownerText } from '@ticklake/storage';
import { collectionText, collectSpool } from '../collect-spool.js';
import { gcRawConfig, type GcRawConfig } from '../config/gc-raw.js';
import { daysOf } from '../days-of.js';
import type { PartitionFilter } from '../discover-partitions.js';
import { filterOf } from '../filter-of.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { openCompact, openReadOnly, openWritable } from '../open-stores.js';

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
  const compact = await openCompact(config.compact, env, { apply });
  const collection = await collectSpool(await finishedDays(context), {
    arena: createArena({ bytesMax: VERIFY_MEMORY_BYTES }),
    raw: apply ? openWritable(config.raw, env) : openReadOnly(config.raw, env),
    ...{ compact, apply, graceMs, filesMax, clock, signal, onEvent },
    owner: ownerText(),
  });
  context.print(collection, collectionText(collection));
  return collection.partitions.some(({ outcome }) => outcome === 'refused') ? 'failures' : 'success';
}

/** Never today, whatever the grace. */
async function finishedDays(context: CommandContext<GcRawConfig>): Promise<PartitionFilter> {
  const { config, clock } = context;
  const today = dayOfMs(clock.nowMs());
  const isWanted = daysOf(config);
  if (config.date !== undefined && config.date >= today) {
    throw new LakeError('incomplete', 'a day that is not over is never collected', {
      code: 'TODAY',
      details: { day: config.date },
    });
  }
  return { ...(await filterOf(context)), includesDay: (day) => day < today && isWanted(day) };
}
