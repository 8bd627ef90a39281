import { fileURLToPath } from 'node:url';
import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { ownerText, sweepScratch, type ObjectStore } from '@ticklake/storage';
import { sweepConfig, type SweepConfig } from '../config/sweep.js';
import { openCompact } from '../open-stores.js';
import { sweep, sweepText } from '../sweep.js';

/** `ticklake-compactor sweep`: what nobody needs any more, found and with `--apply` deleted (spec row CM-13). */
export const sweepCommand = defineCommand({
  summary: 'find what no manifest points at, and delete it with --apply',
  config: sweepConfig,
  run: sweepStore,
});

async function sweepStore(context: CommandContext<SweepConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal, onEvent } = context;
  const { apply, age: ageMs, keep: keepGenerations } = config;
  const compact = await openCompact(config.compact, env, { apply });
  const owner = ownerText();
  const report = await sweep({ apply, ageMs, keepGenerations }, { compact, clock, signal, owner, onEvent });
  const temporaries = await sweepTemporaries(context, compact);
  const lines = temporaries.map((path) => `${apply ? 'deleted' : 'due'.padEnd(7)}  temporary   ${path}`);
  context.print({ ...report, temporaries }, [...lines, sweepText(report)].join('\n'));
  return 'success';
}

/** What dead processes left on this machine. Nobody can go on with it, so it need not be seen twice. */
async function sweepTemporaries(
  { config, clock }: CommandContext<SweepConfig>,
  compact: ObjectStore,
): Promise<readonly string[]> {
  const options = { ageMinMs: config.age, clock, dryRun: !config.apply };
  const root = compact.url.startsWith('file:') ? fileURLToPath(compact.url) : undefined;
  const inStore = root === undefined ? [] : await sweepScratch(root, { ...options, recursive: true });
  if (config.scratch === undefined) return inStore;
  const inScratch = await sweepScratch(config.scratch, { ...options, recursive: false });
  return [...new Set([...inStore, ...inScratch])];
}
