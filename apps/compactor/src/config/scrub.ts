import { z } from 'zod';
import { compactUrl } from './keys.js';

/** Configuration of `scrub`. */
export const scrubConfig = z.object({
  compact: compactUrl,
  parts: z
    .int()
    .min(1)
    .max(999_999)
    .default(7)
    .describe('in how many calls everything is read once')
    .meta({ aliases: ['part'] }),
});

/** What {@link scrubConfig} comes to. */
export type ScrubConfig = z.infer<typeof scrubConfig>;
