import type { Schema } from '@ticklake/columnar';

/** What a kind of data is: its columns, its clock, its order. */
export interface Dataset {
  /** As the exchange stream is called in columns and, but for aliases, in paths. */
  readonly name: string;
  /** The columns that the collector writes, in its order. Files may have others, see {@link checkSchema}. */
  readonly schema: Schema;
  /** When the event happened. */
  readonly timeColumn: string;
  /** Ascending. Rows that agree in it keep the order of their files. */
  readonly orderBy: readonly [string, ...string[]];
}
