export { dayCompact, dayDashed } from './codecs/days.js';
export { hourOfDay } from './codecs/hour.js';
export { dayOfMonth, digits, monthOfYear, padded } from './codecs/numbers.js';
export { slug } from './codecs/slug.js';
export {
  definePartitionScheme,
  type FieldCodec,
  type FieldNames,
  type PartitionOf,
  type PartitionScheme,
} from './define-partition-scheme.js';
export {
  layoutNames,
  layoutOf,
  timeframeOf,
  type AvailabilityPartition,
  type KnownOfPartition,
  type Layout,
  type LayoutName,
  type MarketPartition,
  type Tier,
  type ViewName,
  type ViewScheme,
} from './layouts/index.js';
export {
  aggtradesScheme,
  archiveScheme,
  classifySpoolName,
  compactScheme,
  futuresMonthScheme,
  futuresScheme,
  klinesScheme,
  localDayScheme,
  spoolScheme,
  tier2WeeklyScheme,
  tier3DailyScheme,
  unifiedDayOf,
  type ArchiveHour,
  type DayPartition,
  type SpoolName,
  type SpoolPartition,
  type TierDay,
  type UnifiedDay,
  type UnifiedKlinesDay,
  type UnifiedMonth,
} from './schemes/index.js';
