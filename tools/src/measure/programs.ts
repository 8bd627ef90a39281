import { fileURLToPath } from 'node:url';

/** The command line of the compactor as it is installed: its modules in few files. */
export const COMPACTOR = fileURLToPath(new URL('../../../apps/compactor/bundle/main.js', import.meta.url));

/** The job by our libraries alone, likewise in few files. */
export const ENGINE_JOB_BUNDLE = fileURLToPath(new URL('../../bundle/engine-job.js', import.meta.url));

/** The command line of the tier exporter as it is installed. */
export const TIER_EXPORTER = fileURLToPath(
  new URL('../../../apps/tier-exporter/bundle/main.js', import.meta.url),
);

/** The command line of the unified converter as it is installed. */
export const CONVERTER = fileURLToPath(
  new URL('../../../apps/unified-converter/bundle/main.js', import.meta.url),
);

/** The command line of the partitioner as it is installed. */
export const PARTITIONER = fileURLToPath(
  new URL('../../../apps/partitioner/bundle/main.js', import.meta.url),
);

/** Keeps a run in the one process that is measured: what a child uses does not count. */
export const MEASURABLE = ['--no-isolate'];
