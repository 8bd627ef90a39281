import type { ParquetReader } from '@ticklake/parquet';

/** A Parquet file that is to be merged, and what is known of its keys. */
export interface MergeFile {
  /** Names the file in errors. Files come in byte order of their names: that order settles ties. */
  readonly name: string;
  /** Opens it in the merge's arena. Asked once, shortly before the merge gets there; the merge closes the reader. */
  open(): Promise<ParquetReader>;
  /** Where a helper finds it, if there is one; that opens it again. */
  readonly place?: { readonly storeUrl: string; readonly key: string; readonly etag: string };
  readonly rowCount: number;
  /** Whether its rows ascend by the order columns. It is checked; a file that is not sorted is sorted first. */
  readonly isSorted: boolean;
  /** Its row groups that have rows, in file order. */
  readonly rowGroups: readonly KeyRange[];
}

/** Bounds of the first order column over one row group. They are checked, of row groups that are merged together as those of all. */
export interface KeyRange {
  /** Position in the file. */
  readonly rowGroup: number;
  readonly rowCount: number;
  readonly min: bigint;
  readonly max: bigint;
}
