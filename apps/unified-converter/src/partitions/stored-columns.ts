import type { Column, Field, RecordBatch, Schema } from '@ticklake/columnar';
import type { ColumnUnit, UnifiedDataset } from '@ticklake/market';
import { constantColumns } from '@ticklake/scan';
import { timesOf } from '@ticklake/shuffle';
import type { Market } from '../sources/find-sources.js';
import { partitionDate, unitsOfDay, type PartitionDate, type PartitionPeriod } from './partition-period.js';

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
  /** Columns that sources have none of: one value all over, or what times say. */
  readonly added: readonly string[];
  /** Puts the other columns of a partition of `date` between those of sources; of several batches they share memory. */
  batchesOf(date: PartitionDate): (rows: ValueRows) => RecordBatch;
}

/**
 * The columns of a partition's file, in the order of the dataset. What directories say is left out (C-35, D-24), unless it is wanted in
 * the files too; a timeframe that no directory says stands in every row, and so does the day of a partition by month.
 */
export function storedColumns(
  dataset: UnifiedDataset,
  market: Market,
  options: {
    readonly storePartitionColumns: boolean;
    readonly period: PartitionPeriod;
    readonly timeUnit: ColumnUnit;
  },
): StoredColumns {
  const valueNames = valueFieldsOf(dataset).map(({ name }) => name);
  const { storePartitionColumns, period, timeUnit } = options;
  const time = period === 'day' ? DAY : DAY.slice(0, 2);
  const inPath = [...(dataset.hasTimeframe ? NAMES : NAMES.slice(0, 2)), ...time];
  const fields = dataset.schema.fields.filter(({ name }) => storePartitionColumns || !inPath.includes(name));
  const schema = { fields };
  const timeframe = dataset.hasTimeframe ? market.timeframe : BASE_TIMEFRAME;
  const texts = new Map(Object.entries({ exchange: market.exchange, symbol: market.symbol, timeframe }));
  const added = fields.filter(({ name }) => !valueNames.includes(name));
  return {
    schema,
    added: added.map(({ name }) => name),
    batchesOf(date) {
      const valueOf = (name: string) => texts.get(name) ?? date[name as 'year' | 'month' | 'day'];
      const constants = constantColumns(
        new Map(
          added.flatMap(({ name, type }) => {
            const value = valueOf(name);
            return value === undefined ? [] : [[name, { type, value }]];
          }),
        ),
      );
      const addedOf = (name: string, { rowCount, columns }: ValueRows): Column =>
        constants.has(name)
          ? constants.take(name, rowCount)
          : { layout: 'fixed', values: daysOfMonth(timesOf(columns), timeUnit) };
      return (rows) => ({
        ...{ schema, rowCount: rows.rowCount },
        columns: fields.map(({ name }) => rows.columns[valueNames.indexOf(name)] ?? addedOf(name, rows)),
      });
    },
  };
}

/** Rows with the columns that sources have. */
export interface ValueRows {
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

/** 1 to 31. */
function daysOfMonth(times: Float64Array, unit: ColumnUnit): Int8Array {
  const units = unitsOfDay(unit);
  let [dayNumber, day] = [NaN, 0];
  return Int8Array.from(times, (time) => {
    const own = Math.floor(time / units);
    if (own !== dayNumber) [dayNumber, day] = [own, partitionDate(own, 'day').day ?? 0];
    return day;
  });
}
