import { dayText } from '@ticklake/cli-kit';
import { slug } from '@ticklake/partition';
import { z } from 'zod';
import { compactUrl, confirmed } from './keys.js';

const name = (what: string) =>
  z
    .string()
    .regex(new RegExp(`^(?:${slug.pattern})$`))
    .describe(`its ${what}`);

/** Configuration of `rollback`. */
export const rollbackConfig = z.object({
  compact: compactUrl,
  exchange: name('exchange'),
  stream: name('stream'),
  symbol: name('symbol'),
  date: dayText.describe('its day, YYYYMMDD or YYYY-MM-DD'),
  generation: z
    .int()
    .positive()
    .optional()
    .describe('the older generation, as log lists them; the newest of them when missing'),
  yes: confirmed('publish it; without this it is only read and proved'),
});

/** What {@link rollbackConfig} comes to. */
export type RollbackConfig = z.infer<typeof rollbackConfig>;
