import type { DataType, Field, TimeUnit } from '@ticklake/columnar';
import type { Dataset } from '../dataset.js';

/** What data is for (AP-24): to execute orders and test how, to learn from, or to know what can be traded. */
export type DataTier = 'execution' | 'ml' | 'availability';

/** A data type of the three-tier architecture (AP-18 to AP-20): what its rows hold, and which tier it belongs to. */
export interface ArchitectureDataset extends Dataset {
  readonly tier: DataTier;
  /** Of the time column as it is written; `undefined` where it stays as the file has it. */
  readonly timeUnit: TimeUnit | 'day' | undefined;
  /** How long a bar is, for candles. */
  readonly timeframe: string | undefined;
  /** Whether files have whatever columns they have, of which only the time column is described and required (AP-20). */
  readonly isPassThrough: boolean;
  /** How Tardis delivers it, where it does. */
  readonly csv: TardisCsv | undefined;
}

/** The CSV files of Tardis for one data type. Times in them are whole microseconds since 1970; an empty cell is a null. */
export interface TardisCsv {
  /** `columns[i]` is what the header calls `schema.fields[i]`. In the file they may stand in another order. */
  readonly columns: readonly string[];
  /** The time that a file is in order of, and by whose UTC day one ends and the next begins. Not when the event happened. */
  readonly sortedBy: string;
}

/** An instant, in microseconds since 1970. */
export const INSTANT: DataType = { kind: 'timestamp', unit: 'us', utc: true };

/** When it happened, in every data type that has a time of day. */
export const TIMESTAMP: Field = { name: 'timestamp', type: INSTANT, nullable: false };

/** A column of an execution data type: its name, its type, and what Tardis calls it where that is something else. */
export interface TickColumn extends Field {
  readonly csv?: string;
}

/** When it was received: ticks come in this order, and are kept in it. */
const ARRIVED: Field = { name: 'local_timestamp', type: INSTANT, nullable: false };

/** What every row of Tardis begins with. */
const PREFIX: readonly TickColumn[] = [
  { name: 'exchange', type: { kind: 'utf8' }, nullable: false },
  { name: 'symbol', type: { kind: 'utf8' }, nullable: false },
  TIMESTAMP,
  ARRIVED,
];

/** A data type of ticks: exchange, symbol and both times, then its own columns. */
export function tickDataset(name: string, columns: readonly TickColumn[]): ArchitectureDataset {
  const all = [...PREFIX, ...columns];
  return {
    name,
    tier: 'execution',
    schema: {
      fields: all.map((column) => ({ name: column.name, type: column.type, nullable: column.nullable })),
    },
    timeColumn: TIMESTAMP.name,
    orderBy: [ARRIVED.name],
    timeUnit: 'us',
    timeframe: undefined,
    isPassThrough: false,
    csv: { columns: all.map((column) => column.csv ?? column.name), sortedBy: ARRIVED.name },
  };
}

/** A number in every row. */
export function number(name: string): Field {
  return { name, type: { kind: 'float', bits: 64 }, nullable: false };
}

/** A number, null where there is none. */
export function optionalNumber(name: string): Field {
  return { ...number(name), nullable: true };
}

/** A text in every row. */
export function text(name: string): Field {
  return { name, type: { kind: 'utf8' }, nullable: false };
}

/** A text, null where there is none. */
export function optionalText(name: string): Field {
  return { ...text(name), nullable: true };
}
