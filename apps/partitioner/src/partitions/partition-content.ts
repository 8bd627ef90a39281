import type { RecordBatch, Schema } from '@ticklake/columnar';
import type { BaseReceipt, SourceReceipt } from '@ticklake/manifest';
import type { PartitionManifest } from './manifest.js';

/** The rows of one partition, and what they add up to. */
export interface PartitionContent {
  readonly schema: Schema;
  /** The columns that rows are sorted by, ascending; none where their order is of another kind. */
  readonly orderBy: readonly string[];
  /** The order of rows in words, for the manifest. */
  readonly rowOrder: string;
  readonly rowCount: number;
  /** What the rows hash to. */
  readonly multiset: string;
  /** What each source has of them; those of `base` come first. */
  readonly sources: readonly SourceReceipt[];
  /** What was published here before, where new rows come to it. */
  readonly base: BaseReceipt | undefined;
  /** The rows, in their order. */
  batches(): AsyncIterable<RecordBatch>;
  /** Throws where a source is no longer what it was when its rows were taken. */
  checkSources(): Promise<void>;
}

/** What is published, as the base of a receipt. */
export function baseReceipt({
  parquet_sha256: sha256,
  sources,
  row_count: rows,
  content,
}: PartitionManifest): BaseReceipt {
  return { sha256, files: sources.length, rows, multiset: content.multiset };
}
