/**
 * What the rows of a file hash to, whatever their encoding; defined byte by byte in `CONTENT-HASH.md`. A type alias,
 * so that it goes straight into a wire document whose other keys are open.
 */
export type ContentHashes = {
  /** Of the rows as a multiset, in any order: 32 hexadecimal digits. Adds up over files. */
  readonly multiset: string;
  /** Of the rows in their order, likewise. */
  readonly ordered: string;
};

/** Everything we can say about a Parquet file from its bytes alone. */
export interface FileFacts {
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Of the whole file, in lower-case hexadecimal. */
  readonly sha256: string;
  /** Of the columns' names, types and nullability in order. */
  readonly schemaFingerprint: string;
  /** What pages are compressed by, by column, as the footer calls it: `ZSTD`; several of one column are joined by `+`. */
  readonly codecs: Readonly<Record<string, string>>;
  /** The smallest value of the first order column over every row, in the column's own unit; `undefined` without rows. */
  readonly orderMin: bigint | undefined;
  /** The largest value of the first order column over every row, in the column's own unit; `undefined` without rows. */
  readonly orderMax: bigint | undefined;
  readonly content: ContentHashes;
}

/** One judgement about a file. Only `error` means that the file is not what it should be. */
export interface Finding {
  /** The name of the check, e.g. `sha256` or `order`; stable, for machines. */
  readonly check: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** One sentence for a person. */
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}
