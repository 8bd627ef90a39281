export { VERSION, app } from './app.js';
export { listArchiveDay, type ArchiveDay, type ArchiveFile } from './archive/archive-day.js';
export { planDaily, runDaily, type DailyContext, type DailySummary, type PlannedDay } from './daily-job.js';
export { startDayThread, type DayThread } from './thread/start-day-thread.js';
export {
  buildWeek,
  localWeek,
  tier2Dataset,
  type BuiltWeek,
  type WeekContext,
  type WeekRequest,
} from './tiers/tier2/build-week.js';
export { TIER2_SCHEMA } from './tiers/tier2/columns.js';
export { tier2ManifestSchema, type Tier2Manifest } from './tiers/tier2/manifest.js';
export type { CompareOptions } from './tiers/tier2/compare-days.js';
export type { DayInputs } from './tiers/tier2/read-days.js';
export { verifyWeek } from './tiers/tier2/verify-week.js';
export { TIER3_SCHEMA } from './tiers/tier3/columns.js';
export {
  exportDay,
  localDataset,
  tier3Dataset,
  type ExportContext,
  type ExportedDay,
} from './tiers/tier3/export-day.js';
export { tier3ManifestSchema, type Tier3Manifest } from './tiers/tier3/manifest.js';
export { readHistory, type NullRatios } from './tiers/tier3/null-drift.js';
export { verifyDay, type VerifyDayOptions } from './tiers/tier3/verify-day.js';
export { USUAL_NULLS, type NullBounds } from './tiers/verify/null-counts.js';
export type { RowSample } from './tiers/verify/judge-rows.js';
export type { TierNumber, Verdict, VerifyOptions } from './tiers/verify/verdict.js';
