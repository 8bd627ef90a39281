export { classifySpoolName, type SpoolName } from './classify-spool-name.js';
export { compactScheme, type DayPartition } from './compact.js';
export { spoolScheme, type SpoolPartition } from './spool.js';
export {
  archiveScheme,
  localDayScheme,
  tier2WeeklyScheme,
  tier3DailyScheme,
  type ArchiveHour,
  type TierDay,
} from './tiers.js';
export {
  aggtradesScheme,
  futuresMonthScheme,
  futuresScheme,
  klinesScheme,
  unifiedDayOf,
  type UnifiedDay,
  type UnifiedKlinesDay,
  type UnifiedMonth,
} from './unified.js';
