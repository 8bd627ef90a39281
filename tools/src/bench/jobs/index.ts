import { growth } from './growth.js';
import type { Job } from './job.js';
import { RACES } from './race.js';
import { receipts } from './receipts.js';
import { smallFiles } from './small-files.js';
import { styles } from './styles.js';

export type { Job, Peers } from './job.js';

/** Every job, in the order in which they run. */
export const JOBS: readonly Job[] = [...RACES, smallFiles, growth, receipts, styles];
