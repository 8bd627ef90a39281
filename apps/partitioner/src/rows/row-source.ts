import type { Column, Schema } from '@ticklake/columnar';

/** A source as it was when its rows were taken. */
export interface SourceIdentity {
  /** Its key below the input, or what else tells it from others. */
  readonly name: string;
  readonly size: number;
  /** Of its bytes. */
  readonly sha256: string;
}

/** Some rows of a source, in its order. */
export interface SourceRows {
  readonly rowCount: number;
  /** A column for each field of the source's schema. */
  readonly columns: readonly Column[];
  /** What a column `instrument_id` of the source says of each row, where the source's schema does not keep it. */
  readonly instrumentIds?: Column | undefined;
  /** Where a row stands, for messages. */
  placeOf(row: number): Readonly<Record<string, unknown>>;
}

/** Rows of one data type, to be read once. */
export interface RowSource {
  readonly identity: SourceIdentity;
  readonly schema: Schema;
  rows(): AsyncIterable<SourceRows>;
  /** Throws where the source is no longer what `identity` says. */
  check(): Promise<void>;
}
