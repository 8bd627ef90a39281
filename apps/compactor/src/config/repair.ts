import { z } from 'zod';
import { compactUrl, daysConfig, filterConfig, rawUrl } from './keys.js';
import { runConfig } from './run.js';

/** Configuration of `repair`. */
export const repairConfig = z.object({
  compact: compactUrl,
  raw: rawUrl.optional(),
  fromSources: z
    .boolean()
    .default(false)
    .describe(
      'make damaged data objects again of their files in --raw; without it, only meta.json is repaired',
    ),
  apply: z.boolean().default(false).describe('write; without it, only print what would be repaired'),
  ...daysConfig,
  ...filterConfig,
  ...runConfig.pick({
    memory: true,
    compression: true,
    zstdLevel: true,
    rowGroupRows: true,
    pageRows: true,
    openMax: true,
    tsUnit: true,
    scratch: true,
  }).shape,
});

/** What {@link repairConfig} comes to. */
export type RepairConfig = z.infer<typeof repairConfig>;
