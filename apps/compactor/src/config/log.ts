import { z } from 'zod';
import { compactUrl, daysConfig, filterConfig } from './keys.js';

/** Configuration of `log`. */
export const logConfig = z.object({
  compact: compactUrl,
  ...daysConfig,
  ...filterConfig,
});

/** What {@link logConfig} comes to. */
export type LogConfig = z.infer<typeof logConfig>;
