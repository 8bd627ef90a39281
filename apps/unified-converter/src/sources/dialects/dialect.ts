import type { UnifiedName } from '@ticklake/market';

/** How a source tells the time of a row. */
export type TimeForm =
  /** A whole number since 1970, or a date that says how far it is from UTC: as the first row has it. */
  | 'any'
  /** A whole number since 1970, whose unit its size tells. */
  | 'epoch'
  /** A date and time of day, in UTC where it does not say otherwise. */
  | 'utc-text'
  /** A date and time of day of a clock that the file does not name. */
  | 'local-text'
  /** Milliseconds since midnight UTC of the day that the file is named after. */
  | 'ms-of-day';

/** One way to write a dataset down: what its fields are called, and which columns they are. */
export interface Dialect {
  readonly name: string;
  readonly dataset: UnifiedName;
  /** All fields, in the order that a file without a header has them in. */
  readonly fields: readonly string[];
  /** Fields that a header may lack. */
  readonly optionalFields: readonly string[];
  /** Whether files have a header, none, or either. */
  readonly header: 'always' | 'never' | 'either';
  /** Of a file without a header: what its first field looks like. */
  readonly firstField: RegExp;
  /** The field of each column. What is not here is not kept; a column that is not here is null. */
  readonly columns: Readonly<Record<string, string>>;
  readonly time: TimeForm;
  /** A field that names the symbol, which has to be the one that is converted. */
  readonly symbolField?: string;
}

/** An instant as a whole number has nine digits since 1973; milliseconds of a day have eight at most. */
export const EPOCH = /^\d{9,19}$/;
/** Milliseconds of a day. */
export const MS_OF_DAY = /^\d{1,8}$/;
/** A date as Lean writes it. */
export const COMPACT_DATE = /^\d{8} \d{2}:\d{2}(:\d{2})?$/;
