export { checkSchema, tsUnitOf } from './check-schema.js';
export { type Dataset } from './dataset.js';
export {
  architectureDataset,
  ARCHITECTURE_DATASETS,
  CANDLE_TIMEFRAMES,
  CATEGORICAL_COLUMNS,
  isAvailableOn,
  type ArchitectureDataset,
  type Availability,
  type DataTier,
  type TardisCsv,
} from './data-types/index.js';
export {
  aggtrades,
  bbo,
  datasetOf,
  funding,
  futures,
  genericDataset,
  klines,
  markPrice,
  openInterest,
  trade,
  UNIFIED,
  type UnifiedDataset,
  type UnifiedName,
} from './datasets/index.js';
export { checkSameSchema, differencesText, diffSchemas, type SchemaDifference } from './diff-schemas.js';
export {
  formatInstrumentId,
  INSTRUMENT_TYPES,
  instrumentId,
  parseInstrumentId,
  parseInstrumentType,
  typeName,
  typeOfName,
  type FutureId,
  type InstrumentId,
  type InstrumentIdFault,
  type InstrumentType,
  type OptionId,
  type OptionRight,
  type PairId,
  type SymbolId,
  type SymbolType,
} from './instrument-id/index.js';
export {
  requireTimeframes,
  resampleBars,
  type ResampledBar,
  type ResampleOptions,
} from './resample/resample-bars.js';
export { instrumentOfSymbol, KNOWN_EXCHANGES } from './symbols/index.js';
export { timeframeMs } from './timeframe.js';
export {
  TimeReader,
  type ColumnUnit,
  type EpochUnit,
  type RowPlace,
  type TimeRule,
} from './time-unit/time-reader.js';
