import type { LayoutDrawing } from './layout-drawing.js';

const DAY = 'year-{year}/month-{month}/day-{day}';
const INSTRUMENT = 'instrument-{instrument}';
const FILE_OF_TICKS = 'data_type-{dataType}/{instrument}.parquet';

/**
 * The grammar of the document's diagrams (AP-06). Where they draw a month for each venue, instrument or type, the day is
 * in the path as well, and the instrument (D-02). Two of the roots have one name: they are of different buckets (C-48),
 * and in one bucket their keys would still differ.
 */
export const dashDiagram: LayoutDrawing = {
  grammar: 'dash',
  roots: { execution: 'raw_tick_data', ml: 'daily', availability: 'daily' },
  views: {
    execution: [
      ['by_date', `by_date/${DAY}/${FILE_OF_TICKS}`],
      ['by_venue', `by_venue/venue-{venue}/${DAY}/${FILE_OF_TICKS}`],
      ['by_type', `by_type/type-{type}/${DAY}/${FILE_OF_TICKS}`],
      ['by_instrument_id', `by_instrument_id/${INSTRUMENT}/${DAY}/${FILE_OF_TICKS}`],
    ],
    ml: [
      ['by_date', `by_date/${DAY}/venue-{venue}/${INSTRUMENT}/{dataType}.parquet`],
      ['by_venue', `by_venue/venue-{venue}/${DAY}/${INSTRUMENT}/{venue}_{dataType}.parquet`],
      ['by_instrument_id', `by_instrument_id/${INSTRUMENT}/${DAY}/{symbol}_{dataType}.parquet`],
      [
        'by_timeframe',
        `by_timeframe/timeframe-{timeframe}/${DAY}/venue-{venue}/${INSTRUMENT}/{timeframe}_{dataType}.parquet`,
      ],
    ],
    availability: [
      ['by_date', `by_date/${DAY}/available_instruments.parquet`],
      ['by_venue', `by_venue/venue-{venue}/${DAY}/{venue}_availability.parquet`],
      ['by_instrument_type', `by_instrument_type/type-{type}/${DAY}/{type}_availability.parquet`],
    ],
  },
};
