export { formatInstrumentId, instrumentId } from './format-instrument-id.js';
export type {
  FutureId,
  InstrumentId,
  OptionId,
  OptionRight,
  PairId,
  SymbolId,
  SymbolType,
} from './instrument-id.js';
export {
  INSTRUMENT_TYPES,
  parseInstrumentType,
  typeName,
  typeOfName,
  type InstrumentType,
} from './instrument-type.js';
export { parseInstrumentId, type InstrumentIdFault } from './parse-instrument-id.js';
