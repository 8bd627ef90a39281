import type { LayoutDrawing, TemplateOfView } from './layout-drawing.js';

const DAY = 'year-{year}/month-{month}/day-{day}';
const INSTRUMENT = 'instrument-{instrument}';

const TICKS: readonly TemplateOfView[] = [
  ['by_date', `by_date/${DAY}/venue-{venue}/${INSTRUMENT}/{dataType}.parquet`],
  ['by_venue', `by_venue/venue-{venue}/${DAY}/${INSTRUMENT}/{venue}_{dataType}.parquet`],
  ['by_instrument_id', `by_instrument_id/${INSTRUMENT}/${DAY}/{instrument}_{dataType}.parquet`],
  ['by_type', `by_type/type-{type}/${DAY}/venue-{venue}/${INSTRUMENT}/{dataType}.parquet`],
];

/**
 * The grammar of the document's code (AP-07). Where the code has a month and neither day nor instrument, and so
 * overwrites, both are in the path (D-02); where it leaves out the venue or the type of availability, they are (D-04).
 */
export const dashCode: LayoutDrawing = {
  grammar: 'dash',
  roots: { execution: 'execution_data', ml: 'ml_data', availability: 'instrument_availability' },
  views: {
    execution: TICKS,
    ml: [
      ...TICKS,
      [
        'by_timeframe',
        `by_timeframe/timeframe-{timeframe}/${DAY}/venue-{venue}/${INSTRUMENT}/{timeframe}_{dataType}.parquet`,
      ],
    ],
    availability: [
      ['by_date', `by_date/${DAY}/available_instruments.parquet`],
      ['by_venue', `by_venue/venue-{venue}/${DAY}/venue_availability.parquet`],
      ['by_instrument_type', `by_instrument_type/type-{type}/${DAY}/type_availability.parquet`],
    ],
  },
};
