import { createArena } from '@ticklake/columnar';
import type { Clock } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import { openScratch, readOnly, withPrefix, type ObjectStore } from '@ticklake/storage';
import type { ConvertConfig } from './config/convert.js';
import type { ConvertContext } from './convert-request.js';
import { LANE_MEMORY_BYTES_MIN } from './limits.js';
import { createLanes } from './lanes/lanes.js';
import { startLane } from './lanes/start-lane.js';
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

/**
 * Opens what a configuration names. Whoever asks for it closes its lanes.
 *
 * @throws LakeError as the stores do; `invalid` (`CONDITIONS`) for one that cannot be published in.
 */
export async function openContext(
  config: Pick<
    ConvertConfig,
    'dataDir' | 'outputDir' | 'backupDir' | 'memory' | 'scratch' | 'plan' | 'threads'
  >,
  { env, clock, signal, tool, onEvent }: ProcessContext,
): Promise<ConvertContext> {
  const { dataDir, outputDir } = config;
  const data = openWritable(dataDir, env);
  const place = (url: string | undefined, own: string): ObjectStore =>
    url === undefined ? withPrefix(data, own) : openWritable(url, env);
  const output = place(outputDir, OWN.output);
  if (!config.plan) await requireProbed(outputDir ?? dataDir, env);
  const isEnough = config.memory >= 2 * LANE_MEMORY_BYTES_MIN;
  const hasSecond = config.threads === 2 && isEnough && [dataDir, outputDir].every(isShared);
  const memoryBytes = hasSecond ? Math.floor(config.memory / 2) : config.memory;
  const tools = {
    arena: createArena({ bytesMax: memoryBytes }),
    data: readOnly(data),
    output,
    scratchDirectory: await openScratch(output, { scratch: config.scratch, clock }),
    tool,
  };
  const setup = {
    ...{ dataUrl: dataDir, outputUrl: outputDir ?? dataDir, env: { ...env }, memoryBytes, tool },
    outputPrefix: outputDir === undefined ? OWN.output : '',
    scratchDirectory: tools.scratchDirectory,
  };
  return {
    ...tools,
    backups: place(config.backupDir, OWN.backups),
    lanes: createLanes(tools, hasSecond ? () => startLane(setup) : undefined),
    ...{ clock, signal, onEvent },
  };
}

/** Whether another thread that opens the same URL sees the same store. */
function isShared(url: string | undefined): boolean {
  return url?.startsWith('memory:') !== true;
}

/** Where the log of runs is: `log` in the data directory, where nothing else is named. */
export function openLogs(
  { dataDir, logDir }: Pick<ConvertConfig, 'dataDir' | 'logDir'>,
  env: ProcessContext['env'],
): ObjectStore {
  return logDir === undefined ? withPrefix(openWritable(dataDir, env), OWN.logs) : openWritable(logDir, env);
}
