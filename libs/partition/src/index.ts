export { dayCompact, dayDashed } from './codecs/days.js';
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
  classifySpoolName,
  compactScheme,
  spoolScheme,
  type DayPartition,
  type SpoolName,
  type SpoolPartition,
} from './schemes/index.js';
