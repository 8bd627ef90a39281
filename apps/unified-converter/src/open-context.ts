import { createArena } from '@ticklake/columnar';
import type { Clock } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import { openScratch, readOnly, withPrefix, type ObjectStore } from '@ticklake/storage';
import type { ConvertConfig } from './config/convert.js';
import type { ConvertContext } from './convert-request.js';
import { openWritable, requireProbed } from './open-stores.js';

/** What a process gives to a run. */
export interface ProcessContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tool: string;
  onEvent(event: JobEvent): void;
}

/** Folders in a data directory that are ours. */
const OWN = { output: 'unified/', backups: 'backup_pre_unified/', logs: 'log/' } as const;

/** Opens what a configuration names. @throws LakeError as the stores do; `invalid` (`CONDITIONS`) for one that cannot be published in. */
export async function openContext(
  config: Pick<ConvertConfig, 'dataDir' | 'outputDir' | 'backupDir' | 'memory' | 'scratch' | 'plan'>,
  { env, clock, signal, tool, onEvent }: ProcessContext,
): Promise<ConvertContext> {
  const data = openWritable(config.dataDir, env);
  const place = (url: string | undefined, own: string): ObjectStore =>
    url === undefined ? withPrefix(data, own) : openWritable(url, env);
  const output = place(config.outputDir, OWN.output);
  if (!config.plan) await requireProbed(config.outputDir ?? config.dataDir, env);
  return {
    arena: createArena({ bytesMax: config.memory }),
    data: readOnly(data),
    output,
    backups: place(config.backupDir, OWN.backups),
    scratchDirectory: await openScratch(output, { scratch: config.scratch, clock }),
    ...{ clock, signal, tool, onEvent },
  };
}

/** Where the log of runs is: `log` in the data directory, where nothing else is named. */
export function openLogs(
  { dataDir, logDir }: Pick<ConvertConfig, 'dataDir' | 'logDir'>,
  env: ProcessContext['env'],
): ObjectStore {
  return logDir === undefined ? withPrefix(openWritable(dataDir, env), OWN.logs) : openWritable(logDir, env);
}
