import { INT64, TIME_COLUMN } from './collector-dataset.js';
import type { Dataset } from '../dataset.js';

/** A stream that nobody has described: anything with a `ts_event`. */
export function genericDataset(name: string): Dataset {
  return {
    name,
    schema: { fields: [{ name: TIME_COLUMN, type: INT64, nullable: true }] },
    timeColumn: TIME_COLUMN,
    orderBy: [TIME_COLUMN],
  };
}
