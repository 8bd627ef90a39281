import { dayText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { compactUrl, confirmed } from './keys.js';

/** Configuration of `state`. */
export const stateConfig = z.object({
  action: z
    .enum(['show', 'rebuild', 'seed'])
    .default('show')
    .describe('show it, rebuild it from what is published, or seed it with a day'),
  compact: compactUrl,
  last: dayText.optional().describe('of seed: the last day that counts as done, YYYYMMDD or YYYY-MM-DD'),
  yes: confirmed('replace a state document that is there'),
});

/** What {@link stateConfig} comes to. */
export type StateConfig = z.infer<typeof stateConfig>;
