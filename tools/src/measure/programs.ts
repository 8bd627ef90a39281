import { fileURLToPath } from 'node:url';

/** The built command line of the compactor, as it is installed. */
export const COMPACTOR = fileURLToPath(new URL('../../../apps/compactor/dist/main.js', import.meta.url));

/** Keeps a run in the one process that is measured: what a child uses does not count. */
export const MEASURABLE = ['--no-isolate'];
