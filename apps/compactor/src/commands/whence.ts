import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { whenceConfig, type WhenceConfig } from '../config/whence.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { openReadOnly } from '../open-stores.js';
import { lineageText } from '../whence-text.js';
import { whence } from '../whence.js';

/** `ticklake-compactor whence`: which source file and row a published row came from. */
export const whenceCommand = defineCommand({
  summary: 'tell which source file, and which row of it, published rows came from',
  config: whenceConfig,
  run,
});

async function run(context: CommandContext<WhenceConfig>): Promise<CommandOutcome> {
  const { config, env, signal } = context;
  const { exchange, stream, symbol, date: day, seq } = config;
  const lineage = await whence({ exchange, stream, symbol, day }, seq, {
    arena: createArena({ bytesMax: VERIFY_MEMORY_BYTES }),
    compact: openReadOnly(config.compact, env),
    raw: config.raw === undefined ? undefined : openReadOnly(config.raw, env),
    signal,
  });
  context.print(lineage, lineageText(lineage));
  if (lineage.rows.some(({ isProved }) => isProved === false)) return 'findings';
  const isFound = config.raw === undefined || lineage.rows.every(({ origin }) => origin !== undefined);
  return isFound ? 'success' : 'failures';
}
