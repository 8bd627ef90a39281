export { classifySpoolName, type SpoolName } from './classify-spool-name.js';
export { compactScheme, type DayPartition } from './compact.js';
export { spoolScheme, type SpoolPartition } from './spool.js';
export { archiveScheme, localDayScheme, tier3DailyScheme, type ArchiveHour, type TierDay } from './tiers.js';
