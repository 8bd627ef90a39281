export {
  FULL_DAY,
  generateArchive,
  hourText,
  type ArchiveOptions,
  type ArchiveSummary,
} from './archive/generate-archive.js';
export { generateLargeSpool, type LargeSpool, type LargeSpoolOptions } from './spool/generate-large-spool.js';
export { generateSpool, type SpoolOptions, type SpoolSummary } from './spool/generate-spool.js';
export { createRandom, type Random } from './spool/random.js';
export { spoolPath, type SpoolFileName, type SpoolLayout } from './spool/spool-path.js';
export { spoolSchema, type SpoolStream } from './spool/spool-streams.js';
