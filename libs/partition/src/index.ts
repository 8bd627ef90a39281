export { dayCompact, dayDashed } from './codecs/days.js';
export { hourOfDay } from './codecs/hour.js';
export { digits, padded } from './codecs/numbers.js';
export { slug } from './codecs/slug.js';
export {
  definePartitionScheme,
  type FieldCodec,
  type FieldNames,
  type PartitionOf,
  type PartitionScheme,
} from './define-partition-scheme.js';
export {
  archiveScheme,
  classifySpoolName,
  compactScheme,
  localDayScheme,
  spoolScheme,
  tier2WeeklyScheme,
  tier3DailyScheme,
  type ArchiveHour,
  type DayPartition,
  type SpoolName,
  type SpoolPartition,
  type TierDay,
} from './schemes/index.js';
