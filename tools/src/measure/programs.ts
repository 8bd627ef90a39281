import { fileURLToPath } from 'node:url';

/** The built command line of the compactor: what a user runs is what is measured. */
export const COMPACTOR = fileURLToPath(new URL('../../../apps/compactor/dist/main.js', import.meta.url));
