import type { DataType, Field } from '@ticklake/columnar';

import type { Dataset } from '../dataset.js';

/** When the event happened, in every dataset. */
export const TIME_COLUMN = 'ts_event';

/** Prices, quantities and rates. */
export const FLOAT64: DataType = { kind: 'float', bits: 64 };

/** Times in milliseconds since 1970. */
export const INT64: DataType = { kind: 'int', bits: 64, signed: true };

/** Sides and versions. */
export const INT8: DataType = { kind: 'int', bits: 8, signed: true };

/** Names and ids. */
export const UTF8: DataType = { kind: 'utf8' };

/** What every row of the collector begins with; both times in milliseconds since 1970. */
const PREFIX: readonly (readonly [string, DataType])[] = [
  [TIME_COLUMN, INT64],
  ['ts_recv', INT64],
  ['exchange', UTF8],
  ['symbol', UTF8],
  ['stream', UTF8],
  ['stream_version', INT8],
];

/** A stream of the collector: the common columns, then its own. Its writer declares every column nullable. */
export function collectorDataset(name: string, columns: readonly (readonly [string, DataType])[]): Dataset {
  const fields = [...PREFIX, ...columns].map(
    ([column, type]): Field => ({ name: column, type, nullable: true }),
  );
  return { name, schema: { fields }, timeColumn: TIME_COLUMN, orderBy: [TIME_COLUMN] };
}
