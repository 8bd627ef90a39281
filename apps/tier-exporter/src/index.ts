export { VERSION, app } from './app.js';
export { listArchiveDay, type ArchiveDay, type ArchiveFile } from './archive/archive-day.js';
export { planDaily, runDaily, type DailyContext, type DailySummary, type PlannedDay } from './daily-job.js';
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
export type { DayInputs } from './tiers/tier2/read-days.js';
export { TIER3_SCHEMA } from './tiers/tier3/columns.js';
export {
  exportDay,
  localDataset,
  tier3Dataset,
  type ExportContext,
  type ExportedDay,
} from './tiers/tier3/export-day.js';
export { tier3ManifestSchema, type Tier3Manifest } from './tiers/tier3/manifest.js';
export { verifyDay, type DayVerdict, type VerifyOptions } from './tiers/tier3/verify-day.js';
export type { RowSample } from './tiers/tier3/judge-rows.js';
