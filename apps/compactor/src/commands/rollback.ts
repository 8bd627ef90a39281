import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { ownerText } from '@ticklake/storage';
import { rollbackConfig, type RollbackConfig } from '../config/rollback.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { openCompact } from '../open-stores.js';
import { rollbackPartition, rollbackText } from '../rollback-partition.js';

/** `ticklake-compactor rollback`: an older generation, published once more (spec row CM-13, invariant I19). */
export const rollbackCommand = defineCommand({
  summary: 'publish an older generation of a partition once more, as a new generation',
  config: rollbackConfig,
  run: rollback,
});

async function rollback(context: CommandContext<RollbackConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal, tool, print } = context;
  const { exchange, stream, symbol, date: day, generation, yes: apply } = config;
  const compact = await openCompact(config.compact, env, { apply });
  const arena = createArena({ bytesMax: VERIFY_MEMORY_BYTES });
  const owner = ownerText();
  const result = await rollbackPartition(
    { exchange, stream, symbol, day },
    { generation, apply },
    { compact, clock, signal, owner, arena, tool },
  );
  print(result, rollbackText(result));
  return 'success';
}
