export { instrumentBatch } from './instrument-batch.js';
export { INSTRUMENT_SCHEMA, type InstrumentRow } from './instrument-row.js';
export { instrumentRows } from './instrument-rows.js';
export type { LeftOut } from './listing.js';
export { readInstruments, type InstrumentDocument, type InstrumentOrigin } from './read-instruments.js';
