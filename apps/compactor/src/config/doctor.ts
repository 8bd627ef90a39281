import { durationText, sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { unitPlaceConfig } from './install-units.js';
import { compactUrl, rawUrl } from './keys.js';
import { runConfig } from './run.js';

const { workers, memory, isolate, isolateMemory, openMax, scratch } = runConfig.shape;

/** Configuration of `doctor`: what a run would be given, and what is expected of the machine. */
export const doctorConfig = z.object({
  raw: rawUrl.optional(),
  compact: compactUrl.optional(),
  workers,
  memory,
  isolate,
  isolateMemory,
  openMax,
  scratch,
  probe: z
    .boolean()
    .default(true)
    .describe(
      'try on the store of the partitions what publishing rests on; writes objects of its own and removes them',
    ),
  freeMin: sizeText
    .prefault('10GiB')
    .describe('free space of a disk below which it is a warning; below a tenth of it, a failure'),
  maxLag: durationText.prefault('28h').describe('longest time since the end of the last compacted day'),
  ...unitPlaceConfig,
});

/** What {@link doctorConfig} comes to. */
export type DoctorConfig = z.infer<typeof doctorConfig>;
