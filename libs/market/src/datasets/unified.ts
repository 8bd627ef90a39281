import type { Field } from '@ticklake/columnar';
import type { Dataset } from '../dataset.js';
import { FLOAT64, INT64, UTF8 } from './collector-dataset.js';

/** A dataset of the unified converter: what a market did, at its original granularity, one row a bar, a trade or a funding. */
export interface UnifiedDataset extends Dataset {
  readonly name: UnifiedName;
  /** Whether rows are of a timeframe, and partitions named by it; the rows of others say `1m` (C-38). */
  readonly hasTimeframe: boolean;
}

/** Names of the datasets, as their folders are called. */
export type UnifiedName = 'klines' | 'aggtrades' | 'futures';

/** Which market it is, in front of the values of every row. */
const NAMES: readonly Field[] = ['exchange', 'symbol', 'timeframe'].map((name) => ({
  name,
  type: UTF8,
  nullable: false,
}));

/** The day of `timestamp`, in UTC, behind the values of every row. */
const DAY: readonly Field[] = [
  { name: 'year', type: { kind: 'int', bits: 16, signed: true }, nullable: false },
  { name: 'month', type: { kind: 'int', bits: 8, signed: true }, nullable: false },
  { name: 'day', type: { kind: 'int', bits: 8, signed: true }, nullable: false },
];

/** The columns in the order in which S4 prints them. */
export function unifiedDataset(
  name: UnifiedName,
  options: { readonly hasTimeframe: boolean; readonly values: readonly Field[] },
): UnifiedDataset {
  const timestamp: Field = { name: 'timestamp', type: INT64, nullable: false };
  return {
    name,
    schema: { fields: [timestamp, ...NAMES, ...options.values, ...DAY] },
    timeColumn: timestamp.name,
    orderBy: [timestamp.name],
    hasTimeframe: options.hasTimeframe,
  };
}

/** A price, a quantity or a rate. */
export function float64Field(name: string): Field {
  return { name, type: FLOAT64, nullable: false };
}
