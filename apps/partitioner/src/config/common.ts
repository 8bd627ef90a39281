import { sizeText } from '@ticklake/cli-kit';
import { layoutNames, type LayoutName } from '@ticklake/partition';
import { z } from 'zod';
import { VIEW_NAMES } from '../layout/layout-document.js';

/** A text that is there. */
export const text = z.string().min(1);

/** Which tier a command is about. */
export const tier = z
  .enum(['execution', 'ml', 'availability'])
  .describe('execution (ticks), ml (candles, features, signals) or availability (instruments)');

/** A layout by name. */
export const layout = z.enum(layoutNames as readonly [LayoutName, ...LayoutName[]]);

/** Names of views. */
export const views = z.array(z.enum(VIEW_NAMES)).default([]);

/** A tier's root, where it is another than the layout's own. */
export const root = z
  .string()
  .optional()
  .describe('folder of the tier; as the layout has it when missing, e.g. execution_data or raw_tick_data');

/** What a run that publishes works with. */
export const work = {
  memory: sizeText.prefault('256MiB').describe('memory budget for rows, e.g. 256MiB'),
  scratch: z
    .string()
    .optional()
    .describe('local folder for unfinished files; in --output when that is local')
    .meta({ path: true }),
};
