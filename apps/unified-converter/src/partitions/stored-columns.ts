import { textColumn, type Column, type Field, type RecordBatch, type Schema } from '@ticklake/columnar';
import type { UnifiedDataset } from '@ticklake/market';
import type { Market } from '../sources/find-sources.js';
import type { PartitionDay } from './partition-paths.js';

/** What trades and fundings say in `timeframe` (C-38). */
export const BASE_TIMEFRAME = '1m';

const NAMES = ['exchange', 'symbol', 'timeframe'];
const DAY = ['year', 'month', 'day'];

/** The fields whose values come from sources: those of a dataset that its partition does not already say. */
export function valueFieldsOf({ schema }: UnifiedDataset): readonly Field[] {
  return schema.fields.filter(({ name }) => !NAMES.includes(name) && !DAY.includes(name));
}

/** What a partition's file holds. */
export interface StoredColumns {
  readonly schema: Schema;
  /** Columns of one value all over: sources have none of them. */
  readonly constants: readonly string[];
  /** Rows of sources with the columns of one value between them. */
  batch(rowCount: number, columns: readonly Column[], day: PartitionDay): RecordBatch;
}

/**
 * The columns of a partition's file, in the order of the dataset. What directories say is left out (C-35, D-24), unless it is wanted in
 * the files too; a timeframe that no directory says stands in every row.
 */
export function storedColumns(
  dataset: UnifiedDataset,
  market: Market,
  { storePartitionColumns }: { readonly storePartitionColumns: boolean },
): StoredColumns {
  const valueNames = valueFieldsOf(dataset).map(({ name }) => name);
  const inPath = [...(dataset.hasTimeframe ? NAMES : NAMES.slice(0, 2)), ...DAY];
  const fields = dataset.schema.fields.filter(({ name }) => storePartitionColumns || !inPath.includes(name));
  const schema = { fields };
  const timeframe = dataset.hasTimeframe ? market.timeframe : BASE_TIMEFRAME;
  const texts = new Map(Object.entries({ exchange: market.exchange, symbol: market.symbol, timeframe }));
  const constantOf = (name: string, rowCount: number, day: PartitionDay): Column => {
    const text = texts.get(name);
    if (text === undefined) {
      const values = name === 'year' ? new Int16Array(rowCount) : new Int8Array(rowCount);
      return { layout: 'fixed', values: values.fill(day[name as 'year' | 'month'] ?? 0) };
    }
    return { layout: 'dictionary', codes: new Uint32Array(rowCount), dictionary: textColumn([text]).values };
  };
  return {
    schema,
    constants: fields.map(({ name }) => name).filter((name) => !valueNames.includes(name)),
    batch: (rowCount, columns, day) => ({
      ...{ schema, rowCount },
      columns: fields.map(({ name }) => columns[valueNames.indexOf(name)] ?? constantOf(name, rowCount, day)),
    }),
  };
}
