import { z } from 'zod';

/** Configuration of `sql`. */
export const sqlConfig = z.object({
  path: z
    .string()
    .min(1)
    .default('data_cache/unified')
    .describe('folder, or store URL, that the datasets were published in')
    .meta({ path: true }),
});

/** What {@link sqlConfig} comes to. */
export type SqlConfig = z.infer<typeof sqlConfig>;
