import type { ColumnUnit, EpochUnit, RowPlace } from '@ticklake/market';
import type { FixedColumn } from '@ticklake/columnar';

/** Some rows of a source, their times converted; they hold until the next are asked for. */
export interface SourceRows {
  readonly rowCount: number;
  /** One for each value field of the dataset, in their order. */
  readonly columns: readonly FixedColumn[];
  /** Where a row stands, for messages. */
  readonly placeOf: RowPlace;
  /** Where they are in a Parquet file. */
  readonly within?: RowsOfGroup;
}

/** Rows of a row group. */
export interface RowsOfGroup {
  readonly rowGroup: number;
  /** Whether no more rows of it come. */
  readonly isLast: boolean;
}

/** How a source was read, known once its rows were. */
export interface SourceReading {
  readonly dialect: string;
  /** How its text is cut; `undefined` for Parquet. */
  readonly delimiter: string | undefined;
  readonly hasHeader: boolean;
  /** Columns that nothing is kept of. */
  readonly unmapped: readonly string[];
  /** Those of them that nobody expected. */
  readonly unknown: readonly string[];
  /** `undefined` for a source without rows. */
  readonly sourceUnit: EpochUnit | undefined;
  readonly timeUnit: ColumnUnit | undefined;
  /** Decimals of which a double cannot give back every digit; the nearest one is stored. */
  readonly roundedDecimals: number;
  /** How many rows a Parquet file has, as its footer says; `undefined` of text. */
  readonly fileRows: number | undefined;
}

/** A source being read: all its rows, and then how. */
export interface OpenSource {
  /** How many rows each row group has; `undefined` of what has no row groups. */
  readonly rowGroups: readonly { readonly rowCount: number }[] | undefined;
  /** All rows, or those of some row groups, which ascend. */
  rows(rowGroups?: Iterable<number>): AsyncGenerator<SourceRows>;
  /** Once the rows were all taken; so far, before. */
  reading(): SourceReading;
  /** Gives back what it holds, where its rows are never asked for. */
  close(): void;
}
