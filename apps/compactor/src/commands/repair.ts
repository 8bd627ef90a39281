import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { instantText } from '@ticklake/jobs';
import { nodeFileSystem, ownerText } from '@ticklake/storage';
import { repairConfig, type RepairConfig } from '../config/repair.js';
import { daysOf } from '../days-of.js';
import { filterOf } from '../filter-of.js';
import { openCompact, openReadOnly } from '../open-stores.js';
import { repairLake, repairText } from '../repair-lake.js';
import { settingsOf } from './run.js';

/** `ticklake-compactor repair`: partitions that `verify` finds broken become what they were (spec row MF-24). */
export const repairCommand = defineCommand({
  summary: 'repair published partitions that verify finds broken; only prints which without --apply',
  config: repairConfig,
  run: repair,
});

async function repair(context: CommandContext<RepairConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal, tool } = context;
  const { apply, fromSources, raw } = config;
  if (fromSources && raw === undefined) throw new LakeError('invalid', '--from-sources needs --raw');
  const compact = await openCompact(config.compact, env, { apply });
  const settings = settingsOf({ ...config, workers: 1, copyPages: false }, compact, tool);
  const filter = { ...(await filterOf(context)), includesDay: daysOf(config) };
  const repairs = await repairLake(filter, {
    arena: createArena({ bytesMax: settings.memory }),
    raw: fromSources && raw !== undefined ? openReadOnly(raw, env) : undefined,
    ...{ compact, settings, apply, clock, signal, tool },
    fileSystem: nodeFileSystem,
    createdAt: instantText(clock.nowMs()),
    owner: ownerText(),
    onRows: () => undefined,
  });
  if (repairs.length === 0) throw new LakeError('missing', 'no published partition matches');
  context.print({ applied: apply, partitions: repairs }, repairText(repairs, { apply }));
  const left = repairs.filter(({ outcome }) => outcome !== 'sound' && outcome !== 'repaired');
  if (left.length === 0) return 'success';
  return apply ? 'failures' : 'findings';
}
