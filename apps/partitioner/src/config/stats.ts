import { z } from 'zod';
import { selection } from './selection.js';

/** Configuration of `stats`. */
export const statsConfig = z.object({
  ...selection,
  format: z.enum(['table', 'json']).default('table').describe('how statistics are printed'),
});

/** What {@link statsConfig} comes to. */
export type StatsConfig = z.infer<typeof statsConfig>;
