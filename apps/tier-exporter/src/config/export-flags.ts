import { sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';

/** What is made of whichever tier, in the words of its users: an export of days, a build of a week. */
export type Made = 'export' | 'build';

/** Where what is made goes beside the local folder; `uploadBucket` makes one answer of them. */
export function uploadFlags(made: Made) {
  return {
    dryRun: z.boolean().default(false).describe('write local files only, as without --upload'),
    upload: z.boolean().default(false).describe(`publish the local ${made} in --bucket too`),
  };
}

/** How whatever is made is made: the last flags of every command that makes something. */
export function makingFlags(made: Made) {
  return {
    overwrite: z
      .boolean()
      .default(false)
      .describe(`replace ${made === 'export' ? 'an export' : 'a build'} of other content by a new generation`)
      .meta({ aliases: ['force'] }),
    memory: sizeText.prefault('256MiB').describe('memory budget for rows, e.g. 256MiB'),
    scratch: z
      .string()
      .optional()
      .describe('local folder for unfinished files; in --output-dir when that is local')
      .meta({ path: true }),
  };
}
