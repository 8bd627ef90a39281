import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { scrubConfig, type ScrubConfig } from '../config/scrub.js';
import { VERIFY_MEMORY_BYTES } from '../limits.js';
import { openWritable } from '../open-stores.js';
import { scrubNext } from '../scrub.js';
import { summaryText, verdictText } from '../verdict-text.js';
import { hasErrors } from '../verify-partition.js';

/** `ticklake-compactor scrub`: a part of the lake at a time, for a timer. */
export const scrubCommand = defineCommand({
  summary: 'verify the next part of everything that is published, for a timer',
  config: scrubConfig,
  run: scrub,
});

/** Prints the partitions with errors as they are found, and the summary last; with `--json`, a line each. */
async function scrub(context: CommandContext<ScrubConfig>): Promise<CommandOutcome> {
  const { config, env, signal, clock } = context;
  const result = await scrubNext(config.parts, {
    arena: createArena({ bytesMax: VERIFY_MEMORY_BYTES }),
    compact: openWritable(config.compact, env),
    raw: undefined,
    signal,
    clock,
    onVerdict(verdict) {
      if (hasErrors(verdict)) context.print({ type: 'partition', ...verdict }, verdictText(verdict));
    },
  });
  context.print({ type: 'summary', ...result }, summaryText(result, `${result.part}/${result.parts}`));
  return result.errors > 0 ? 'findings' : 'success';
}
