import { defineCommand, printableValue, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { inspectConfig, type InspectConfig } from '../config/inspect.js';
import { inspectFile } from '../inspect-file.js';
import { reportText } from '../inspect-text.js';
import { INSPECT_WINDOW_BYTES, VERIFY_MEMORY_BYTES } from '../limits.js';
import { placeOfObject } from '../open-object.js';
import { hasErrors } from '../verify-partition.js';

/** `ticklake-compactor inspect FILES`: what Parquet files of any writer hold (spec row OP-17). */
export const inspectCommand = defineCommand({
  summary: 'show what Parquet files of any writer hold and how well they are protected',
  config: inspectConfig,
  positionals: ['files'],
  run: inspect,
});

/** Each file is told when it has been read. One that cannot be read is told as well, and the others are read. */
async function inspect(context: CommandContext<InspectConfig>): Promise<CommandOutcome> {
  const { config, env, signal } = context;
  const arena = createArena({ bytesMax: VERIFY_MEMORY_BYTES });
  let unreadable = 0;
  let bad = 0;
  for (const file of config.files) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled between files');
    const { store, key } = placeOfObject(file, env);
    const windowBytes = store.isLocal ? INSPECT_WINDOW_BYTES.local : INSPECT_WINDOW_BYTES.remote;
    try {
      const report = await inspectFile(await store.open(key), { arena, signal, windowBytes, ...config });
      context.print({ file, ...report }, reportText(file, report, config));
      if (hasErrors(report)) bad++;
    } catch (error) {
      if (!isLakeError(error, 'corrupt')) throw error;
      unreadable++;
      const { code, message, details } = error;
      context.print({ file, error: { code, message, details } }, failureText(file, error));
    }
  }
  if (unreadable > 0) return 'failures';
  return bad > 0 ? 'findings' : 'success';
}

function failureText(file: string, { code, message, details }: LakeError): string {
  const told = Object.entries(details).map(([key, value]) => ` ${key}=${String(value)}`);
  return `${file}\n${printableValue(`  corrupt ${code ?? ''}: ${message}${told.join('')}`)}`;
}
