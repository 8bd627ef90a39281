import type { ViewName } from './layout.js';
import type { LayoutDrawing, TemplateOfView } from './layout-drawing.js';

const DAY = ['year={year}', 'month={month}', 'day={day}'] as const;
const TICKS = [...DAY, 'venue={venue}', 'instrument_id={instrument}', 'data_type={dataType}'] as const;
const CANDLES = [...TICKS, 'timeframe={timeframe}'] as const;
const TYPE = 'instrument_type={type}';

/** The keys of a view: the one that it is by, then the others in their order. */
const view = (name: ViewName, first: string | undefined, keys: readonly string[]): TemplateOfView => {
  const ordered = first === undefined ? keys : [first, ...keys.filter((key) => key !== first)];
  return [name, `${[name, ...ordered].join('/')}/data.parquet`];
};

const market = (keys: readonly string[]): readonly TemplateOfView[] => [
  view('by_date', undefined, keys),
  view('by_venue', 'venue={venue}', keys),
  view('by_type', TYPE, keys),
  view('by_instrument_id', 'instrument_id={instrument}', keys),
];

/**
 * `key=value`, which query engines read as columns (AP-05, C-43): whole numbers without zeros in front (C-50), and
 * values in canonical form (C-51). All files of a view have the same keys, as engines demand: what is no candle has the
 * timeframe by which hive writes that there is none.
 */
export const hive: LayoutDrawing = {
  grammar: 'hive',
  roots: { execution: 'execution_data', ml: 'ml_data', availability: 'instrument_availability' },
  views: {
    execution: market(TICKS),
    ml: [...market(CANDLES), view('by_timeframe', 'timeframe={timeframe}', CANDLES)],
    availability: [
      view('by_date', undefined, DAY),
      view('by_venue', 'venue={venue}', DAY),
      view('by_instrument_type', TYPE, DAY),
    ],
  },
};
